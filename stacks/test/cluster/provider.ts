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

/** A change of these makes a new object, as the original has it without its options for mutable ones. */
const FIXED = ['apiVersion', 'kind', 'metadata.name', 'metadata.namespace'];
const FIXED_OF_KIND: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ['data', 'binaryData'],
  Secret: ['data', 'stringData', 'type'],
  Deployment: ['spec.selector'],
};

/** Read anew each time: the cluster may have been made anew since. */
const cluster = () =>
  new KubeApi(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Access);

const typeOf = (urn: string) => urn.split('::')[2]?.split('$').at(-1) ?? '';

async function put(urn: string, given: unknown): Promise<{ id: string; outs: Properties }> {
  const inputs = plain(given) as Properties;
  const outs =
    typeOf(urn) === RELEASE ? await installed(inputs) : asGiven(inputs, await applied(inputs));
  return { id: idOf(inputs), outs: { ...outs, __inputs: secret(withSecrets(given)) } };
}

function idOf(inputs: Properties): string {
  const { namespace, name } = (inputs['metadata'] ?? inputs) as Properties;
  return namespace === undefined ? String(name) : `${String(namespace)}/${String(name)}`;
}

async function applied(inputs: Properties): Promise<Properties> {
  const api = cluster();
  const there = await api.apply(inputs);
  return inputs['kind'] === 'Deployment' ? rolledOut(api, there) : there;
}

/** Of an object as the server has it, what was asked for: all else is the server's own. */
function asGiven(inputs: Properties, there: Properties): Properties {
  if (inputs['kind'] !== 'Secret') return shared(inputs, there) as Properties;
  const data = Object.entries((there['data'] ?? {}) as Record<string, string>);
  const stringData = Object.fromEntries(
    data.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
  const found = shared(inputs, { ...there, stringData }) as Properties;
  return { ...found, stringData: secret(found['stringData']) };
}

function shared(given: unknown, there: unknown): unknown {
  if (Array.isArray(given) && Array.isArray(there)) {
    return there.map((each, index) => shared(given[index] ?? each, each));
  }
  if (!isObject(given) || !isObject(there)) return there;
  const keys = Object.keys(given).filter((key) => key in there);
  return Object.fromEntries(keys.map((key) => [key, shared(given[key], there[key])]));
}

/** With an empty id where it has gone. */
async function read(id: string, urn: string, props: Properties) {
  const type = typeOf(urn);
  if (type === PASSWORD) return { id, props };
  const asked = at(plain(props), '__inputs') as Properties;
  const first = Bun.YAML.parse(operatorTypes()[0] ?? '') as KubeObject;
  const there = await cluster().get(type === RELEASE ? first : asked);
  if (there === null) return { id: '', props: {} };
  if (type === RELEASE) return { id, props };
  const found = asGiven(asked, there);
  const { __inputs, ...kept } = props;
  const isSame = Bun.deepEquals(plain(found), plain(kept));
  // What somebody else has changed counts as asked for, so that the next diff finds it.
  return { id, props: { ...found, __inputs: isSame ? __inputs : secret(withSecrets(found)) } };
}

/** Of the chart there is nothing but the types that it brings. */
async function installed(inputs: Properties): Promise<Properties> {
  const api = cluster();
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

function isSamePlace(before: Properties, after: Properties): boolean {
  return ['metadata.name', 'metadata.namespace'].every(
    (path) => at(before, path) === at(after, path),
  );
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
      // As the original: its name is taken until it has gone. One of another name comes first.
      const deleteBeforeReplace = replaces.length > 0 && isSamePlace(before, after);
      return { changes, replaces, deleteBeforeReplace };
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
      await cluster().delete(inputs);
    },
    read: async (id, urn, props) => read(id, urn, props as Properties),
  },
  process.argv.slice(3),
);
