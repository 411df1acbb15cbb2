/** Runs a stack's program against Pulumi's mocks and keeps every resource that it asks for. */
import { runtime } from '@pulumi/pulumi';

export interface Recorded {
  /** Pulumi's type, such as azure-native:app:ContainerApp. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** As the program gave them, without envelopes of secrets. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Recording {
  /** Components left out, sorted by type and name. */
  readonly resources: readonly Recorded[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Pulumi marks a secret by this key with this value. */
const SECRET_MARK = '4dabf18193072939515e22adb298388d';

type Inputs = Readonly<Record<string, unknown>>;

/** How a provider answers, as far as the program looks. */
export interface Mocks {
  readonly stack: string;
  /** Beginnings of the types that are kept, such as azure-native:. */
  readonly types: readonly string[];
  readonly idOf: (type: string, name: string, inputs: Inputs) => string;
  /** What the provider adds to the inputs. */
  readonly computed: (type: string, name: string, inputs: Inputs) => Inputs;
  /** The answer to a function, or null for one that no mock knows. */
  readonly call: (token: string) => Inputs | null;
}

/** Runs `program` with the configuration: full keys, such as stt:image. Rejects with what the program throws. */
export async function record(
  mocks: Mocks,
  config: Readonly<Record<string, string>>,
  program: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<Recording> {
  const resources: Recorded[] = [];
  await runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        const plain = unwrap(inputs) as Inputs;
        if (mocks.types.some((beginning) => type.startsWith(beginning))) {
          resources.push({ type, name, inputs: plain });
        }
        return {
          id: mocks.idOf(type, name, plain),
          state: { ...plain, ...mocks.computed(type, name, plain) },
        };
      },
      call({ token, inputs }) {
        const answer = mocks.call(token);
        if (answer !== null) return answer;
        throw new Error(
          `${token} is asked for with ${JSON.stringify(inputs)}, and no mock knows it`,
        );
      },
    },
    'stt',
    mocks.stack,
    false,
  );
  runtime.setAllConfig({ ...config });
  const outputs = await runtime.runInPulumiStack(program);
  await runtime.disconnect();
  resources.sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1));
  return { resources, outputs: await resolved(outputs) };
}

/** Pulumi's outputs of a stack as plain values. */
async function resolved(outputs: unknown): Promise<Record<string, unknown>> {
  const entries = Object.entries((outputs ?? {}) as Record<string, unknown>).map(
    async ([key, value]) => [key, await plainValue(value)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function plainValue(value: unknown): Promise<unknown> {
  const promise = (value as { promise?: () => Promise<unknown> } | null)?.promise;
  return promise === undefined ? value : promise.call(value);
}

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (value === null || typeof value !== 'object') return value;
  if (SECRET_MARK in value) return unwrap((value as unknown as { value: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
}
