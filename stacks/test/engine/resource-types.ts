/** The types of azure-native that the stack uses: where each lies in ARM, what it needs, what is fixed, what Azure adds. */
import { randomUUID } from 'node:crypto';
import { at, listAt, textAt } from './values.ts';
import type { Properties } from './values.ts';

/**
 * Outputs that Azure makes up. `before` is what it had made up for the same resource, on an update; `outputsOf` gives the
 * outputs of another one by its id.
 */
type Computed = (
  inputs: Properties,
  before: Properties,
  name: string,
  outputsOf: (id: string) => Properties,
) => Properties;

export interface ResourceType {
  /** ARM path; what is in braces comes from the inputs, is required, and a change of it makes a new resource. */
  readonly path: string;
  /** Further inputs without which Azure refuses, as dotted paths. */
  readonly required: readonly string[];
  /** Further inputs that cannot be changed later, besides the location. */
  readonly fixed: readonly string[];
  readonly computed: Computed;
}

const GROUP = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}';

function type(
  path: string,
  required: readonly string[] = [],
  { fixed = [], computed = () => ({}) }: Partial<Pick<ResourceType, 'fixed' | 'computed'>> = {},
): ResourceType {
  return { path, required, fixed, computed };
}

const inGroup = (path: string, ...rest: readonly [(readonly string[])?, Partial<ResourceType>?]) =>
  type(`${GROUP}/providers/${path}`, ...rest);

/** Makes up a value once and keeps it. */
function once(before: Properties, path: string): string {
  return textAt(before, path) || randomUUID();
}

/** The identity with an object id, where the system is to assign one. */
function withPrincipal(inputs: Properties, before: Properties): Properties {
  const identity = inputs['identity'];
  if (!textAt(identity, 'type').includes('SystemAssigned')) return {};
  const principalId = once(before, 'identity.principalId');
  return { identity: { ...(identity as Properties), principalId } };
}

export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'azure-native:resources:ResourceGroup': type(GROUP, ['location']),
  'azure-native:cognitiveservices:Account': inGroup(
    'Microsoft.CognitiveServices/accounts/{accountName}',
    ['location', 'kind', 'sku.name', 'properties.customSubDomainName'],
    {
      fixed: ['kind', 'properties.customSubDomainName'],
      computed: (inputs, before) => ({
        ...withPrincipal(inputs, before),
        properties: {
          ...(inputs['properties'] as Properties),
          endpoint: `https://${textAt(inputs, 'properties.customSubDomainName')}.cognitiveservices.azure.com/`,
        },
      }),
    },
  ),
  'azure-native:cognitiveservices:Project': inGroup(
    'Microsoft.CognitiveServices/accounts/{accountName}/projects/{projectName}',
    ['location', 'identity.type'],
    { fixed: ['identity.type'], computed: withPrincipal },
  ),
  'azure-native:containerregistry:Registry': inGroup(
    'Microsoft.ContainerRegistry/registries/{registryName}',
    ['location', 'sku.name'],
    { computed: (_inputs, _before, name) => ({ loginServer: `${name}.azurecr.io` }) },
  ),
  'azure-native:operationalinsights:Workspace': inGroup(
    'Microsoft.OperationalInsights/workspaces/{workspaceName}',
    ['location', 'sku.name'],
    { computed: (_inputs, before) => ({ customerId: once(before, 'customerId') }) },
  ),
  'azure-native:managedidentity:UserAssignedIdentity': inGroup(
    'Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}',
    ['location'],
    {
      computed: (_inputs, before) => ({
        clientId: once(before, 'clientId'),
        principalId: once(before, 'principalId'),
      }),
    },
  ),
  'azure-native:authorization:RoleAssignment': type(
    '/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}',
    ['principalId', 'roleDefinitionId'],
    { fixed: ['principalId', 'roleDefinitionId', 'principalType'] },
  ),
  'azure-native:app:ManagedEnvironment': inGroup(
    'Microsoft.App/managedEnvironments/{environmentName}',
    ['location'],
    {
      computed: (inputs, before) => ({
        defaultDomain:
          textAt(before, 'defaultDomain') ||
          `calm-sea-${randomUUID().slice(0, 8)}.${textAt(inputs, 'location')}.azurecontainerapps.io`,
      }),
    },
  ),
  'azure-native:app:ContainerApp': inGroup(
    'Microsoft.App/containerApps/{containerAppName}',
    ['location', 'managedEnvironmentId', 'template.containers'],
    {
      fixed: ['managedEnvironmentId'],
      computed: (inputs, before, name, outputsOf) => {
        const revision = (Number(at(before, 'revision')) || 0) + 1;
        const domain = textAt(outputsOf(textAt(inputs, 'managedEnvironmentId')), 'defaultDomain');
        const configuration = inputs['configuration'] as Properties;
        return {
          revision,
          latestRevisionName: `${name}--${String(revision).padStart(7, '0')}`,
          configuration: {
            ...configuration,
            // Azure gives no secret's value back.
            secrets: listAt(configuration, 'secrets').map(({ name }) => ({ name })),
            ingress: {
              ...(configuration['ingress'] as Properties),
              fqdn: `${name}.${domain}`,
            },
          },
        };
      },
    },
  ),
  'azure-native:monitor:DiagnosticSetting': type(
    '/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}',
    ['workspaceId'],
  ),
  'azure-native:monitor:ActionGroup': inGroup('Microsoft.Insights/actionGroups/{actionGroupName}', [
    'location',
    'enabled',
    'groupShortName',
  ]),
  'azure-native:monitor:MetricAlert': inGroup('Microsoft.Insights/metricAlerts/{ruleName}', [
    'location',
    'criteria.odataType',
    'evaluationFrequency',
    'scopes',
    'severity',
    'windowSize',
  ]),
  'azure-native:monitor:ScheduledQueryRule': inGroup(
    'Microsoft.Insights/scheduledQueryRules/{ruleName}',
    ['location', 'criteria.allOf', 'evaluationFrequency', 'scopes', 'severity', 'windowSize'],
    { fixed: ['kind'] },
  ),
  'azure-native:monitor:AzureMonitorWorkspace': inGroup(
    'Microsoft.Monitor/accounts/{azureMonitorWorkspaceName}',
    ['location'],
    {
      computed: (inputs, _before, name) => ({
        metrics: {
          prometheusQueryEndpoint: `https://${name}.${textAt(inputs, 'location')}.prometheus.monitor.azure.com`,
        },
      }),
    },
  ),
  'azure-native:monitor:DataCollectionEndpoint': inGroup(
    'Microsoft.Insights/dataCollectionEndpoints/{dataCollectionEndpointName}',
    ['location'],
    {
      computed: (inputs, _before, name) => ({
        metricsIngestion: {
          endpoint: `https://${name}.${textAt(inputs, 'location')}-1.metrics.ingest.monitor.azure.com`,
        },
      }),
    },
  ),
  'azure-native:monitor:DataCollectionRule': inGroup(
    'Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}',
    ['location', 'dataFlows', 'destinations'],
    {
      computed: (_inputs, before) => ({
        immutableId: textAt(before, 'immutableId') || `dcr-${randomUUID().replaceAll('-', '')}`,
      }),
    },
  ),
  'azure-native:alertsmanagement:PrometheusRuleGroup': inGroup(
    'Microsoft.AlertsManagement/prometheusRuleGroups/{ruleGroupName}',
    ['location', 'rules', 'scopes'],
  ),
  'azure-native:dashboard:Grafana': inGroup(
    'Microsoft.Dashboard/grafana/{workspaceName}',
    ['location', 'sku.name'],
    {
      computed: (inputs, before, name) => ({
        ...withPrincipal(inputs, before),
        properties: {
          ...(inputs['properties'] as Properties),
          endpoint: `https://${name}.grafana.azure.com`,
        },
      }),
    },
  ),
};

/** Throws for a type that the stand-in does not know: add it to the table. */
export function resourceType(token: string): ResourceType {
  const found = RESOURCE_TYPES[token];
  if (found === undefined)
    throw new Error(`${token} is not in stacks/test/engine/resource-types.ts`);
  return found;
}

/** The inputs that a resource's ARM path is made of. */
export function pathInputs({ path }: ResourceType): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) =>
    name === undefined || name === 'subscriptionId' ? [] : [name],
  );
}
