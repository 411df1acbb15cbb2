/** A provider process for packages kubernetes and random: prints its port and works on the cluster whose access file it is given. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { main } from '@pulumi/pulumi/provider/index.js';
import { at, isObject, plain, secret, textAt, withSecrets } from '../engine/values.ts';
import type { Properties } from '../engine/values.ts';
import { operatorTypes } from './go-modules.ts';
import { KubeApi, condition } from './kube-api.ts';
import type { Access, KubeObject } from './kube-api.ts';
import { eventually } from './processes.ts';
import { rolledOut } from './rollout.ts';

const VERSION = '4.34.2';
const RELEASE = 'kubernetes:helm.sh/v3:Release';
const PASSWORD = 'random:index/randomPassword:RandomPassword';

/** A change of these makes a new object, as the original has it. */
const FIXED = ['apiVersion', 'kind', 'metadata.name', 'metadata.namespace'];
const FIXED_OF_KIND: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ['data', 'binaryData'],
  Secret: ['data', 'stringData', 'type'],
  Deployment: ['spec.selector'],
};

const api = new KubeApi(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Access);

const typeOf = (urn: string) => urn.split('::')[2]?.split('$').at(-1) ?? '';

async function put(urn: string, given: unknown): Promise<{ id: string; outs: Properties }> {
  const inputs = plain(given) as Properties;
  const type = typeOf(urn);
  const made = type === RELEASE ? await installed(inputs) : await applied(inputs);
  return { id: idOf(inputs), outs: { ...made, __inputs: secret(withSecrets(given)) } };
}

function idOf(inputs: Properties): string {
  const { namespace, name } = (inputs['metadata'] ?? inputs) as Properties;
  return namespace === undefined ? String(name) : `${String(namespace)}/${String(name)}`;
}

async function applied(inputs: Properties): Promise<Properties> {
  const there = await api.apply(inputs);
  const made = inputs['kind'] === 'Deployment' ? await rolledOut(api, there) : there;
  return made['kind'] === 'Secret' ? { ...made, data: secret(made['data']) } : made;
}

/** Of the chart there is nothing but the types that it brings. */
async function installed(inputs: Properties): Promise<Properties> {
  for (const yaml of operatorTypes()) {
    const type = Bun.YAML.parse(yaml) as KubeObject;
    await api.apply(type);
    await eventually(
      `${textAt(type, 'metadata.name')} is established`,
      async () => condition((await api.get(type)) ?? {}, 'Established') ?? null,
    );
  }
  return { ...inputs, status: { name: inputs['name'], status: 'deployed' } };
}

function password(inputs: Properties): string {
  const length = Number(inputs['length']);
  return randomBytes(length).toString('hex').slice(0, length);
}

await main(
  {
    version: VERSION,
    check: async (_urn, _olds, news) => ({ inputs: withSecrets(news) }),
    diff: async (_id, urn, olds, news) => {
      const before = at(plain(olds), '__inputs') as Properties;
      const after = plain(news) as Properties;
      const fixed = [...FIXED, ...(FIXED_OF_KIND[textAt(after, 'kind')] ?? [])];
      const replaces = (typeOf(urn) === PASSWORD ? ['length'] : fixed).filter(
        (path) => !Bun.deepEquals(at(before, path), at(after, path)),
      );
      const changes = !Bun.deepEquals(before, after);
      // Its name is taken until it has gone.
      return { changes, replaces, deleteBeforeReplace: replaces.length > 0 };
    },
    create: async (urn, inputs) => {
      if (typeOf(urn) !== PASSWORD) return put(urn, inputs);
      const result = secret(password(plain(inputs) as Properties));
      return { id: 'none', outs: { ...inputs, result, __inputs: secret(withSecrets(inputs)) } };
    },
    update: async (_id, urn, _olds, news) => put(urn, news),
    delete: async (_id, urn, olds) => {
      const inputs = at(plain(olds), '__inputs');
      if ([RELEASE, PASSWORD].includes(typeOf(urn)) || !isObject(inputs)) return;
      await api.delete(inputs);
    },
    read: async (id, _urn, props) => ({ id, props: props as Properties }),
  },
  process.argv.slice(3),
);
