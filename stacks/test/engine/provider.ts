/** A provider process in the place of azure-native: prints its port and serves the stand-in whose directory it is given. */
import { main } from '@pulumi/pulumi/provider/index.js';
import { Azure } from './azure.ts';
import { Refusal } from './refusals.ts';
import { Store } from './store.ts';
import type { Call } from './store.ts';
import { isObject, plain, secret, withSecrets } from './values.ts';
import type { Properties } from './values.ts';

const VERSION = '3.28.0';

/** Roles come late, so that whoever does not wait for them is found out. */
const ASSIGNMENT_MS = 500;

const store = new Store(process.argv[2] ?? '');
const azure = new Azure(store);

/** Type and logical name in a URN; the types of its parents come before, with $ between. */
function partsOf(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = '', name = ''] = urn.split('::');
  return { type: types.split('$').at(-1) ?? '', name };
}

/** Notes the call, with Azure's code where it was refused. */
function noted<Answer>(call: Call['call'], urn: string, work: (type: string) => Answer): Answer {
  const about = { call, ...partsOf(urn) };
  try {
    const answer = work(about.type);
    store.note(about);
    return answer;
  } catch (error) {
    store.note({ ...about, code: error instanceof Refusal ? error.code : 'Unexpected' });
    throw error;
  }
}

/** Inputs go into the state as well, so that a later diff can tell what was asked for from what Azure made of it. */
function state(given: unknown, outputs: Properties): Properties {
  return { ...outputs, __inputs: secret(withSecrets(given)) };
}

function inputsOf(olds: unknown): Properties {
  return (plain(olds) as Properties)['__inputs'] as Properties;
}

function put(call: 'create' | 'update', urn: string, news: unknown, id?: string) {
  return noted(call, urn, (type) => {
    const inputs = plain(news) as Properties;
    try {
      const made = id === undefined ? azure.create(type, inputs) : azure.update(id, type, inputs);
      return { id: made.id, outs: state(news, made.outputs) };
    } catch (error) {
      if (!(error instanceof Refusal) || !error.accepted) throw error;
      const there = id ?? azure.idOf(type, inputs);
      // The engine takes these fields for: it is there, and not yet right.
      throw Object.assign(error, {
        id: there,
        properties: state(news, azure.read(there)?.outputs ?? {}),
        reasons: [error.message],
      });
    }
  });
}

await main(
  {
    version: VERSION,
    check: async (_urn, _olds, news) => ({ inputs: withSecrets(news) }),
    diff: async (_id, urn, olds, news) => {
      const { type, name } = partsOf(urn);
      const before = inputsOf(olds);
      const after = plain(news) as Properties;
      const replaces = [...azure.replacing(type, before, after)];
      store.note({ call: 'diff', type, name, ...(replaces.length > 0 && { replaces }) });
      return {
        changes: !Bun.deepEquals(before, after),
        replaces,
        deleteBeforeReplace: replaces.length > 0,
      };
    },
    create: async (urn, inputs) => {
      if (partsOf(urn).type.endsWith(':RoleAssignment')) await Bun.sleep(ASSIGNMENT_MS);
      return put('create', urn, inputs);
    },
    update: async (id, urn, _olds, news) => put('update', urn, news, id),
    delete: async (id, urn) => noted('delete', urn, (type) => azure.delete(id, type)),
    read: async (id, urn, props) =>
      noted('read', urn, () => {
        const there = azure.read(id);
        if (there === undefined) return { id: '' };
        const inputs = (isObject(props) && props['__inputs']) ?? there.inputs;
        return { id, props: state(inputs, there.outputs), inputs: plain(inputs) };
      }),
    invoke: async (token) => {
      store.note({ call: 'invoke', type: token, name: token });
      if (token === 'azure-native:authorization:getClientConfig') {
        return { outputs: store.read().client };
      }
      throw new Error(`${token} is not known to stacks/test/engine/provider.ts`);
    },
  },
  process.argv.slice(3),
);
