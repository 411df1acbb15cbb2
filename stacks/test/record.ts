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

/** Ids as of an account that does not exist. */
export const SUBSCRIPTION_ID = '11111111-2222-3333-4444-555555555555';
export const DEVELOPER_ID = '99999999-8888-7777-6666-555555555555';
const TENANT_ID = '22222222-3333-4444-5555-666666666666';

/** Pulumi marks a secret by this key with this value. */
const SECRET_MARK = '4dabf18193072939515e22adb298388d';

/** Runs the program of stack `azure`. `config` has full keys, such as stt:image. Throws what the program throws. */
export async function recordAzure(config: Readonly<Record<string, string>>): Promise<Recording> {
  const resources: Recorded[] = [];
  await runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        const plain = unwrap(inputs) as Record<string, unknown>;
        if (type.startsWith('azure-native:')) resources.push({ type, name, inputs: plain });
        return {
          id: armId(type, name, plain),
          state: { ...plain, ...computed(type, name, plain) },
        };
      },
      call({ token, inputs }) {
        if (token === 'azure-native:authorization:getClientConfig') {
          return {
            clientId: '00000000-0000-0000-0000-000000000001',
            objectId: DEVELOPER_ID,
            subscriptionId: SUBSCRIPTION_ID,
            tenantId: TENANT_ID,
          };
        }
        throw new Error(
          `${token} is asked for with ${JSON.stringify(inputs)}, and no mock knows it`,
        );
      },
    },
    'stt',
    'azure',
    false,
  );
  runtime.setAllConfig({ ...config });
  // Only now, so that the resources of the program meet the mocks.
  const { default: program } = await import('../index.ts');
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

/** The input that names a resource, by its type; resources of other types are called by their logical name. */
const NAME_INPUTS: Readonly<Record<string, string>> = {
  'resources:ResourceGroup': 'resourceGroupName',
  'cognitiveservices:Account': 'accountName',
  'cognitiveservices:Project': 'projectName',
  'containerregistry:Registry': 'registryName',
  'app:ManagedEnvironment': 'environmentName',
  'app:ContainerApp': 'containerAppName',
};

function ownName(type: string, name: string, inputs: Record<string, unknown>): string {
  const key = NAME_INPUTS[type.slice('azure-native:'.length)];
  return key === undefined ? name : String(inputs[key]);
}

/** In the form of Azure's ids: enough that one can be told from another. */
function armId(type: string, name: string, inputs: Record<string, unknown>): string {
  const group = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/${String(inputs['resourceGroupName'] ?? 'none')}`;
  if (type === 'azure-native:resources:ResourceGroup') return group;
  const [, module, resource] = type.split(':');
  return `${group}/providers/Microsoft.${module}/${resource}/${ownName(type, name, inputs)}`;
}

/** What Azure adds to what was asked for, as far as the program reads it. */
function computed(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
): Record<string, unknown> {
  const own = ownName(type, name, inputs);
  return { name: own, ...COMPUTED[type.slice('azure-native:'.length)]?.(own) };
}

const COMPUTED: Readonly<Record<string, (name: string) => Record<string, unknown>>> = {
  'containerregistry:Registry': (name) => ({ loginServer: `${name}.azurecr.io` }),
  'managedidentity:UserAssignedIdentity': () => ({
    clientId: '33333333-4444-5555-6666-777777777777',
    principalId: '44444444-5555-6666-7777-888888888888',
  }),
  'app:ContainerApp': (name) => ({
    configuration: { ingress: { fqdn: `${name}.example.azurecontainerapps.io` } },
  }),
  'monitor:DataCollectionEndpoint': () => ({
    metricsIngestion: { endpoint: 'https://metrics-in.example.azure.com' },
  }),
  'monitor:DataCollectionRule': () => ({ immutableId: 'dcr-0123456789abcdef' }),
  'monitor:AzureMonitorWorkspace': () => ({
    metrics: { prometheusQueryEndpoint: 'https://metrics.example.azure.com' },
  }),
  'dashboard:Grafana': () => ({
    identity: { principalId: '55555555-6666-7777-8888-999999999999' },
    properties: { endpoint: 'https://grafana.example.azure.com' },
  }),
};
