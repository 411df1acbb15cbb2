/** What stack `azure` asks for, recorded. */
import { record } from './record.ts';
import type { Mocks, Recording } from './record.ts';

/** Ids as of an account that does not exist. */
export const SUBSCRIPTION_ID = '11111111-2222-3333-4444-555555555555';
export const DEVELOPER_ID = '99999999-8888-7777-6666-555555555555';
const TENANT_ID = '22222222-3333-4444-5555-666666666666';

const MOCKS: Mocks = {
  stack: 'azure',
  types: ['azure-native:'],
  idOf: armId,
  computed,
  call: (token) =>
    token === 'azure-native:authorization:getClientConfig'
      ? {
          clientId: '00000000-0000-0000-0000-000000000001',
          objectId: DEVELOPER_ID,
          subscriptionId: SUBSCRIPTION_ID,
          tenantId: TENANT_ID,
        }
      : null,
};

/** Runs the program as Pulumi does. `config` has full keys, such as stt:image. Rejects with what the program throws. */
export function recordAzure(config: Readonly<Record<string, string>>): Promise<Recording> {
  return record(MOCKS, config, async () => {
    // Only now, so that the resources of the program meet the mocks.
    const { default: program } = await import('../index.ts');
    return program();
  });
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

function ownName(type: string, name: string, inputs: Readonly<Record<string, unknown>>): string {
  const key = NAME_INPUTS[type.slice('azure-native:'.length)];
  return key === undefined ? name : String(inputs[key]);
}

/** In the form of Azure's ids: enough that one can be told from another. */
function armId(type: string, name: string, inputs: Readonly<Record<string, unknown>>): string {
  const group = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/${String(inputs['resourceGroupName'] ?? 'none')}`;
  if (type === 'azure-native:resources:ResourceGroup') return group;
  const [, module, resource] = type.split(':');
  return `${group}/providers/Microsoft.${module}/${resource}/${ownName(type, name, inputs)}`;
}

/** What Azure adds to what was asked for, as far as the program reads it. */
function computed(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
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
