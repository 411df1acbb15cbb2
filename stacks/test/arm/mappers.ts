/** Which schema each type of resource has, and which of its inputs are its address. */
import type { z } from 'zod';
import {
  AZURE_MONITOR_WORKSPACE,
  PROMETHEUS_RULE_GROUP,
  SCHEDULED_QUERY_RULE,
} from './published.ts';

export interface MapperSource {
  /** Of @azure, at the version that stacks/package.json pins. Later major versions have no mappers. */
  readonly package: string;
  readonly file: string;
  readonly mapper: string;
}

export interface Resource {
  readonly schema: MapperSource | z.ZodType;
  /** Inputs that are part of the resource's address and not of its body. */
  readonly routing: readonly string[];
  /** Whether the provider fills in the location of the resource group. */
  readonly inheritsLocation: boolean;
}

const ESM = 'dist/esm/models/mappers.js';
const OLD_ESM = 'dist-esm/src/models/mappers.js';

function inGroup(
  schema: MapperSource | z.ZodType,
  ...routing: readonly [string, ...string[]]
): Resource {
  return { schema, routing: ['resourceGroupName', ...routing], inheritsLocation: true };
}

const from = (name: string, file: string) => (mapper: string) => ({ package: name, file, mapper });
const app = from('arm-appcontainers', ESM);
const cognitive = from('arm-cognitiveservices', ESM);
const monitor = from('arm-monitor', OLD_ESM);

export const RESOURCES = {
  'resources:ResourceGroup': {
    schema: from('arm-resources', ESM)('ResourceGroup'),
    routing: ['resourceGroupName'],
    inheritsLocation: false,
  },
  'managedidentity:UserAssignedIdentity': inGroup(from('arm-msi', ESM)('Identity'), 'resourceName'),
  'cognitiveservices:Account': inGroup(cognitive('Account'), 'accountName'),
  'cognitiveservices:Project': inGroup(cognitive('Project'), 'accountName', 'projectName'),
  'authorization:RoleAssignment': {
    schema: from('arm-authorization', OLD_ESM)('RoleAssignmentCreateParameters'),
    routing: ['scope', 'roleAssignmentName'],
    inheritsLocation: false,
  },
  'containerregistry:Registry': inGroup(
    from('arm-containerregistry', ESM)('Registry'),
    'registryName',
  ),
  'operationalinsights:Workspace': inGroup(
    from('arm-operationalinsights', OLD_ESM)('Workspace'),
    'workspaceName',
  ),
  'monitor:DiagnosticSetting': {
    schema: monitor('DiagnosticSettingsResource'),
    routing: ['resourceUri', 'name'],
    inheritsLocation: false,
  },
  'app:ManagedEnvironment': inGroup(app('ManagedEnvironment'), 'environmentName'),
  'app:ContainerApp': inGroup(app('ContainerApp'), 'containerAppName'),
  'monitor:ActionGroup': inGroup(monitor('ActionGroupResource'), 'actionGroupName'),
  'monitor:MetricAlert': inGroup(monitor('MetricAlertResource'), 'ruleName'),
  'monitor:ScheduledQueryRule': inGroup(SCHEDULED_QUERY_RULE, 'ruleName'),
  'monitor:AzureMonitorWorkspace': inGroup(AZURE_MONITOR_WORKSPACE, 'azureMonitorWorkspaceName'),
  'monitor:DataCollectionEndpoint': inGroup(
    monitor('DataCollectionEndpointResource'),
    'dataCollectionEndpointName',
  ),
  'monitor:DataCollectionRule': inGroup(
    monitor('DataCollectionRuleResource'),
    'dataCollectionRuleName',
  ),
  'alertsmanagement:PrometheusRuleGroup': inGroup(PROMETHEUS_RULE_GROUP, 'ruleGroupName'),
  'dashboard:Grafana': inGroup(from('arm-dashboard', OLD_ESM)('ManagedGrafana'), 'workspaceName'),
} as const satisfies Readonly<Record<string, Resource>>;

/** Without azure-native: in front. */
export type ResourceType = keyof typeof RESOURCES;

export interface Extra {
  readonly type: ResourceType;
  /** `*` stands for any index. */
  readonly path: string;
  readonly reason: string;
}

/**
 * What azure-native's API version has and the mapper's has not. The declarations of azure-native still say what may be
 * there.
 */
export const EXTRAS: readonly Extra[] = [
  {
    type: 'monitor:DataCollectionRule',
    path: 'dataCollectionEndpointId',
    reason: 'the mapper is of 2021-04-01; since 2021-09-01-preview a rule may name its endpoint',
  },
  {
    type: 'monitor:DataCollectionRule',
    path: 'dataSources.prometheusForwarder',
    reason: 'the mapper is of 2021-04-01; 2022-06-01 takes Prometheus metrics',
  },
  {
    type: 'monitor:DataCollectionRule',
    path: 'destinations.monitoringAccounts',
    reason: 'the mapper is of 2021-04-01; 2022-06-01 writes to Azure Monitor workspaces',
  },
];
