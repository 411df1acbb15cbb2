/** What must be true of stack `azure`, whatever its configuration: pure functions over the resources it asks for. */
import { DEFAULT_PORT, PATHS } from '../../service/src/contract.ts';
import type { EnvName } from '../../service/src/contract.ts';
import { ROLES } from '../azure/roles.ts';
import { METRICS_PORT } from '../lib/container.ts';
import { at, each as eachOf, list } from './resources.ts';
import type { Policy } from './resources.ts';

/** Most seconds that the ingress of Container Apps lets a request take. */
const INGRESS_SECONDS = 240;

/** Types that Azure takes no tags for. */
const UNTAGGED = new Set([
  'azure-native:authorization:RoleAssignment',
  'azure-native:monitor:DiagnosticSetting',
]);

const isGuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** A policy over each resource of one type of azure-native. */
const each = (type: string, check: Parameters<typeof eachOf>[1]): Policy =>
  eachOf(`azure-native:${type}`, check);

/** Environment variables of the service's container. */
function environmentOf(app: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    list(at(app, 'template', 'containers', 0, 'env')).map((entry) => [
      String(at(entry, 'name')),
      String(at(entry, 'value')),
    ]),
  );
}

const variable = (app: Readonly<Record<string, unknown>>, name: EnvName) =>
  environmentOf(app).get(name);

export const AZURE_POLICIES = {
  'nobody can use the account with a key': each('cognitiveservices:Account', (inputs) => [
    at(inputs, 'properties', 'disableLocalAuth') !== true && 'takes keys',
  ]),
  'nobody can use the registry with a password or without a name': each(
    'containerregistry:Registry',
    (inputs) => [
      inputs['adminUserEnabled'] !== false && 'has an admin user',
      inputs['anonymousPullEnabled'] !== false && 'lets everybody pull',
    ],
  ),
  'logs need no key': (resources) => [
    ...each('operationalinsights:Workspace', (inputs) => [
      at(inputs, 'features', 'disableLocalAuth') !== true && 'takes keys',
    ])(resources),
    ...each('app:ManagedEnvironment', (inputs) => [
      at(inputs, 'appLogsConfiguration', 'destination') !== 'azure-monitor' &&
        'does not send its logs through Azure Monitor',
      at(inputs, 'appLogsConfiguration', 'logAnalyticsConfiguration') !== undefined &&
        'holds a workspace key',
    ])(resources),
  ],
  'Grafana gives out no keys': each('dashboard:Grafana', (inputs) => [
    at(inputs, 'properties', 'apiKey') !== 'Disabled' && 'gives out API keys',
  ]),
  'roles are the few that are known, for one resource each, with stable names': each(
    'authorization:RoleAssignment',
    (inputs) => {
      const role = String(inputs['roleDefinitionId']).split('/').at(-1) ?? '';
      const scope = String(inputs['scope']);
      return [
        !Object.values<string>(ROLES).includes(role) && `assigns the role ${role}`,
        !/\/providers\//.test(scope) && `reaches over all of ${scope}`,
        !isGuid(String(inputs['roleAssignmentName'])) && 'has no GUID for a name',
        !['User', 'Group', 'ServicePrincipal'].includes(String(inputs['principalType'])) &&
          'does not say what its principal is',
      ];
    },
  ),
  'the ingress leads to the API alone, over TLS': each('app:ContainerApp', (inputs) => {
    const ingress = at(inputs, 'configuration', 'ingress');
    return [
      at(ingress, 'targetPort') !== DEFAULT_PORT &&
        `leads to port ${String(at(ingress, 'targetPort'))}`,
      at(ingress, 'additionalPortMappings') !== undefined && 'opens further ports',
      at(ingress, 'allowInsecure') !== false && 'answers without TLS',
      variable(inputs, 'METRICS_PORT') !== String(METRICS_PORT) && 'shows its metrics to everyone',
    ];
  }),
  'requests need a key, and only hashes of keys leave': each('app:ContainerApp', (inputs) => {
    const secrets = list(at(inputs, 'configuration', 'secrets'));
    const keys = secrets.find((secret) => at(secret, 'name') === 'api-keys');
    return [
      !variable(inputs, 'STT_API_KEYS_FILE') && 'asks for no key',
      !/:[0-9a-f]{64}/i.test(String(at(keys, 'value'))) && 'has no hash of a key',
      /\bstt_[\w-]{20,}/.test(JSON.stringify(inputs)) && 'holds a key',
    ];
  }),
  'the app is its own identity and no other': each('app:ContainerApp', (inputs) => [
    at(inputs, 'identity', 'type') !== 'UserAssigned' && 'has an identity that it does not need',
    list(at(inputs, 'configuration', 'registries')).some(
      (registry) => at(registry, 'identity') === undefined || at(registry, 'passwordSecretRef'),
    ) && 'pulls its image with a password',
    !isGuid(variable(inputs, 'AZURE_CLIENT_ID') ?? '') && 'does not know which identity it is',
  ]),
  'answers come before the ingress gives up, and before the app ends': each(
    'app:ContainerApp',
    (inputs) => {
      const budget = Number(variable(inputs, 'STT_REQUEST_BUDGET'));
      const grace = Number(variable(inputs, 'SHUTDOWN_GRACE'));
      const end = Number(at(inputs, 'template', 'terminationGracePeriodSeconds'));
      return [
        !(budget < INGRESS_SECONDS) && `may take ${budget} s, the ingress takes ${INGRESS_SECONDS}`,
        !(grace >= budget) && `ends requests after ${grace} s that may take ${budget}`,
        !(end > grace) && `is killed after ${end} s, its requests get ${grace}`,
      ];
    },
  ),
  'probes ask what the service answers without a key': each('app:ContainerApp', (inputs) => {
    const probes = list(at(inputs, 'template', 'containers', 0, 'probes'));
    return ['Startup', 'Liveness', 'Readiness'].map((type) => {
      const probe = probes.find((entry) => at(entry, 'type') === type);
      const path = type === 'Readiness' ? PATHS.readiness : PATHS.liveness;
      return (
        (at(probe, 'httpGet', 'path') !== path || at(probe, 'httpGet', 'port') !== DEFAULT_PORT) &&
        `has no ${type} probe on ${path}`
      );
    });
  }),
  'a replica gets what its pool can work on': each('app:ContainerApp', (inputs) => [
    at(inputs, 'template', 'scale', 'rules', 0, 'http', 'metadata', 'concurrentRequests') !==
      variable(inputs, 'PROCESS_POOL_SIZE') && 'is scaled by another number than its workers',
  ]),
  'every alert reaches the action group': (resources) => [
    ...each('monitor:MetricAlert', (inputs) => [
      list(inputs['actions']).length !== 1 && 'tells nobody',
    ])(resources),
    ...each('monitor:ScheduledQueryRule', (inputs) => [
      list(at(inputs, 'actions', 'actionGroups')).length !== 1 && 'tells nobody',
    ])(resources),
    ...each('alertsmanagement:PrometheusRuleGroup', (inputs) =>
      list(inputs['rules']).map(
        (rule) =>
          at(rule, 'alert') !== undefined &&
          list(at(rule, 'actions')).length !== 1 &&
          `does not tell anybody of ${String(at(rule, 'alert'))}`,
      ),
    )(resources),
  ],
  'everything that takes tags has ours': (resources) =>
    resources
      .filter(({ type }) => !UNTAGGED.has(type))
      .filter(({ inputs }) => at(inputs, 'tags', 'managed-by') !== 'pulumi')
      .map(({ name }) => `${name} has no tags`),
} as const satisfies Record<string, Policy>;
