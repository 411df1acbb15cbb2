/** One body of each type that Azure takes, as the program would give it to Pulumi. */
import type * as native from '@pulumi/azure-native';

const GROUP = 'rg-test';
const SUBSCRIPTION = '/subscriptions/11111111-2222-3333-4444-555555555555';
const PROVIDERS = `${SUBSCRIPTION}/resourceGroups/${GROUP}/providers`;
const IDENTITY = `${PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/app`;
const WORKSPACE = `${PROVIDERS}/Microsoft.OperationalInsights/workspaces/logs`;
const METRICS = `${PROVIDERS}/Microsoft.Monitor/accounts/metrics`;
const ACTIONS = `${PROVIDERS}/Microsoft.Insights/actionGroups/people`;
const APP = `${PROVIDERS}/Microsoft.App/containerApps/app`;

const PLACE = { resourceGroupName: GROUP, location: 'swedencentral', tags: { stack: 'test' } };

const PROBE = { httpGet: { path: '/healthz', port: 8000, scheme: 'HTTP' }, periodSeconds: 5 };

const CONTAINER_APP = {
  ...PLACE,
  containerAppName: 'app',
  managedEnvironmentId: `${PROVIDERS}/Microsoft.App/managedEnvironments/environment`,
  workloadProfileName: 'Consumption',
  identity: { type: 'UserAssigned', userAssignedIdentities: [IDENTITY] },
  configuration: {
    activeRevisionsMode: 'Single',
    maxInactiveRevisions: 5,
    registries: [{ server: 'test.azurecr.io', identity: IDENTITY }],
    secrets: [{ name: 'api-keys', value: 'name:hash' }],
    ingress: {
      external: true,
      targetPort: 8000,
      transport: 'http',
      allowInsecure: false,
      ipSecurityRestrictions: [
        { name: 'office', action: 'Allow', ipAddressRange: '203.0.113.0/24' },
      ],
      stickySessions: { affinity: 'none' },
    },
  },
  template: {
    terminationGracePeriodSeconds: 260,
    containers: [
      {
        name: 'service',
        image: 'test.azurecr.io/service:1',
        resources: { cpu: 0.75, memory: '1.5Gi' },
        env: [
          { name: 'PORT', value: '8000' },
          { name: 'KEYS', secretRef: 'api-keys' },
        ],
        probes: [
          { type: 'Startup', ...PROBE, failureThreshold: 10 },
          { type: 'Readiness', ...PROBE, timeoutSeconds: 2 },
        ],
        volumeMounts: [{ volumeName: 'spool', mountPath: '/var/spool' }],
      },
      {
        name: 'sidecar',
        image: 'docker.io/library/sidecar:1',
        resources: { cpu: 0.25, memory: '0.5Gi' },
      },
    ],
    scale: {
      minReplicas: 1,
      maxReplicas: 3,
      rules: [{ name: 'requests', http: { metadata: { concurrentRequests: '12' } } }],
    },
    volumes: [
      { name: 'spool', storageType: 'EmptyDir' },
      {
        name: 'keys',
        storageType: 'Secret',
        secrets: [{ secretRef: 'api-keys', path: 'keys' }],
      },
    ],
  },
} satisfies native.app.ContainerAppArgs;

const METRIC_ALERT = {
  resourceGroupName: GROUP,
  location: 'global',
  ruleName: 'restarts',
  severity: 1,
  enabled: true,
  scopes: [APP],
  evaluationFrequency: 'PT5M',
  windowSize: 'PT15M',
  autoMitigate: true,
  criteria: {
    odataType: 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
    allOf: [
      {
        criterionType: 'StaticThresholdCriterion',
        name: 'restarts',
        metricName: 'RestartCount',
        metricNamespace: 'Microsoft.App/containerApps',
        dimensions: [{ name: 'podName', operator: 'Include', values: ['*'] }],
        operator: 'GreaterThan',
        threshold: 2,
        timeAggregation: 'Maximum',
      },
    ],
  },
  actions: [{ actionGroupId: ACTIONS }],
} satisfies native.monitor.MetricAlertArgs;

const QUERY_RULE = {
  ...PLACE,
  ruleName: 'errors',
  kind: 'LogAlert',
  displayName: 'errors',
  severity: 2,
  enabled: true,
  scopes: [WORKSPACE],
  evaluationFrequency: 'PT5M',
  windowSize: 'PT15M',
  criteria: {
    allOf: [
      {
        query: 'ContainerAppConsoleLogs | summarize failed = count()',
        timeAggregation: 'Maximum',
        metricMeasureColumn: 'failed',
        operator: 'GreaterThan',
        threshold: 0,
        failingPeriods: { minFailingPeriodsToAlert: 1, numberOfEvaluationPeriods: 1 },
      },
    ],
  },
  actions: { actionGroups: [ACTIONS] },
  autoMitigate: true,
  skipQueryValidation: true,
} satisfies native.monitor.ScheduledQueryRuleArgs;

const RULE_GROUP = {
  ...PLACE,
  ruleGroupName: 'objectives',
  enabled: true,
  interval: 'PT1M',
  scopes: [METRICS],
  rules: [
    { record: 'stt:requests:rate1h', expression: 'rate(requests[1h])', labels: { team: 'x' } },
    {
      alert: 'NoRequests',
      expression: 'stt:requests:rate1h == 0',
      for: 'PT5M',
      severity: 2,
      labels: { severity: 'warning' },
      annotations: { summary: 'Nobody asks' },
      actions: [{ actionGroupId: ACTIONS }],
      resolveConfiguration: { autoResolved: true, timeToResolve: 'PT5M' },
    },
  ],
} satisfies native.alertsmanagement.PrometheusRuleGroupArgs;

const COLLECTION_RULE = {
  ...PLACE,
  dataCollectionRuleName: 'metrics-rule',
  kind: 'Linux',
  dataCollectionEndpointId: `${PROVIDERS}/Microsoft.Insights/dataCollectionEndpoints/in`,
  dataSources: {
    prometheusForwarder: [{ name: 'prometheus', streams: ['Microsoft-PrometheusMetrics'] }],
  },
  destinations: { monitoringAccounts: [{ name: 'workspace', accountResourceId: METRICS }] },
  dataFlows: [{ streams: ['Microsoft-PrometheusMetrics'], destinations: ['workspace'] }],
} satisfies native.monitor.DataCollectionRuleArgs;

export const GOOD_BODIES = {
  'azure-native:resources:ResourceGroup': {
    ...PLACE,
  } satisfies native.resources.ResourceGroupArgs,
  'azure-native:managedidentity:UserAssignedIdentity': {
    ...PLACE,
    resourceName: 'app',
  } satisfies native.managedidentity.UserAssignedIdentityArgs,
  'azure-native:cognitiveservices:Account': {
    ...PLACE,
    accountName: 'speech',
    kind: 'AIServices',
    sku: { name: 'S0' },
    identity: { type: 'SystemAssigned' },
    properties: {
      customSubDomainName: 'speech',
      allowProjectManagement: true,
      disableLocalAuth: true,
      publicNetworkAccess: 'Enabled',
      networkAcls: { defaultAction: 'Allow' },
    },
  } satisfies native.cognitiveservices.AccountArgs,
  'azure-native:cognitiveservices:Project': {
    resourceGroupName: GROUP,
    accountName: 'speech',
    projectName: 'words',
    identity: { type: 'SystemAssigned' },
    properties: { displayName: 'Words' },
  } satisfies native.cognitiveservices.ProjectArgs,
  'azure-native:authorization:RoleAssignment': {
    scope: `${PROVIDERS}/Microsoft.ContainerRegistry/registries/registry`,
    roleAssignmentName: '09f4e90b-1f2c-5dcf-8b29-246cd9285861',
    principalId: '44444444-5555-6666-7777-888888888888',
    principalType: 'ServicePrincipal',
    roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d`,
  } satisfies native.authorization.RoleAssignmentArgs,
  'azure-native:containerregistry:Registry': {
    ...PLACE,
    registryName: 'registry',
    sku: { name: 'Basic' },
    adminUserEnabled: false,
    anonymousPullEnabled: false,
  } satisfies native.containerregistry.RegistryArgs,
  'azure-native:operationalinsights:Workspace': {
    ...PLACE,
    workspaceName: 'logs',
    sku: { name: 'PerGB2018' },
    retentionInDays: 30,
    workspaceCapping: { dailyQuotaGb: 1 },
    features: { disableLocalAuth: true },
  } satisfies native.operationalinsights.WorkspaceArgs,
  'azure-native:monitor:DiagnosticSetting': {
    name: 'to-logs',
    resourceUri: `${PROVIDERS}/Microsoft.App/managedEnvironments/environment`,
    workspaceId: WORKSPACE,
    logs: [{ category: 'ContainerAppConsoleLogs', enabled: true }],
  } satisfies native.monitor.DiagnosticSettingArgs,
  'azure-native:app:ManagedEnvironment': {
    ...PLACE,
    environmentName: 'environment',
    appLogsConfiguration: { destination: 'azure-monitor' },
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }],
    zoneRedundant: false,
  } satisfies native.app.ManagedEnvironmentArgs,
  'azure-native:app:ContainerApp': CONTAINER_APP,
  'azure-native:monitor:ActionGroup': {
    resourceGroupName: GROUP,
    location: 'Global',
    actionGroupName: 'people',
    groupShortName: 'people',
    enabled: true,
    emailReceivers: [
      { name: 'first', emailAddress: 'first@example.com', useCommonAlertSchema: true },
    ],
  } satisfies native.monitor.ActionGroupArgs,
  'azure-native:monitor:MetricAlert': METRIC_ALERT,
  'azure-native:monitor:ScheduledQueryRule': QUERY_RULE,
  'azure-native:monitor:AzureMonitorWorkspace': {
    ...PLACE,
    azureMonitorWorkspaceName: 'metrics',
  } satisfies native.monitor.AzureMonitorWorkspaceArgs,
  'azure-native:monitor:DataCollectionEndpoint': {
    ...PLACE,
    dataCollectionEndpointName: 'metrics-in',
    kind: 'Linux',
    networkAcls: { publicNetworkAccess: 'Enabled' },
  } satisfies native.monitor.DataCollectionEndpointArgs,
  'azure-native:monitor:DataCollectionRule': COLLECTION_RULE,
  'azure-native:alertsmanagement:PrometheusRuleGroup': RULE_GROUP,
  'azure-native:dashboard:Grafana': {
    ...PLACE,
    workspaceName: 'grafana',
    sku: { name: 'Standard' },
    identity: { type: 'SystemAssigned' },
    properties: {
      apiKey: 'Disabled',
      publicNetworkAccess: 'Enabled',
      zoneRedundancy: 'Disabled',
      grafanaIntegrations: {
        azureMonitorWorkspaceIntegrations: [{ azureMonitorWorkspaceResourceId: METRICS }],
      },
    },
  } satisfies native.dashboard.GrafanaArgs,
};
