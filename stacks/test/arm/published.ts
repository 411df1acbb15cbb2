/**
 * Schemas of the types that no installed client has a mapper for, after Microsoft's published ones: in bicep-types-az
 * generated/alertsmanagement/microsoft.alertsmanagement/2023-03-01, and in azure-rest-api-specs
 * specification/monitor/resource-manager, Microsoft.Insights 2025-01-01-preview (scheduledQueryRule_API.json) and
 * Microsoft.Monitor 2023-04-03. Limits are from "Azure Monitor service limits" and "Prometheus rule groups" of its
 * documentation.
 */
import { z } from 'zod';
import { durationMinutes } from './duration.ts';

const strings = z.record(z.string(), z.string());
const tracked = { location: z.string().min(1), tags: strings.optional() };
/** Of a subscription's resource. */
const resourceId = z.string().regex(/^\/subscriptions\/[^/]+\/.+/, 'is no id of a resource');
const severity = z.int().min(0).max(4);
const duration = z
  .string()
  .refine((text) => durationMinutes(text) !== null, 'is no ISO 8601 duration such as PT5M');
const resolveConfiguration = z
  .strictObject({ autoResolved: z.boolean().optional(), timeToResolve: duration.optional() })
  .optional();

const prometheusAction = z.strictObject({
  actionGroupId: resourceId.optional(),
  actionProperties: strings.optional(),
});

const prometheusRule = z
  .strictObject({
    record: z
      .string()
      .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'is no name of a metric')
      .optional(),
    alert: z.string().min(1).optional(),
    enabled: z.boolean().optional(),
    expression: z.string().min(1),
    severity: severity.optional(),
    for: duration.optional(),
    labels: strings.optional(),
    annotations: strings.optional(),
    actions: z.array(prometheusAction).optional(),
    resolveConfiguration,
  })
  .refine(
    ({ record, alert }) => (record === undefined) !== (alert === undefined),
    'is a recording or an alert, and not both: it has either record or alert',
  )
  .refine(
    (rule) =>
      rule.record === undefined ||
      (['for', 'severity', 'annotations', 'actions', 'resolveConfiguration'] as const).every(
        (key) => rule[key] === undefined,
      ),
    'is a recording with for, severity, annotations, actions or resolveConfiguration, which only alerts have',
  );

/** So many rules a group takes, and so many minutes lie between two evaluations. */
const MOST_RULES = 20;
const SHORTEST_INTERVAL_MINUTES = 1;
const LONGEST_INTERVAL_MINUTES = 15;

export const PROMETHEUS_RULE_GROUP = z.strictObject({
  ...tracked,
  clusterName: z.string().optional(),
  description: z.string().optional(),
  enabled: z.boolean().optional(),
  interval: duration
    .refine((text) => {
      const minutes = durationMinutes(text);
      return (
        minutes === null ||
        (minutes >= SHORTEST_INTERVAL_MINUTES && minutes <= LONGEST_INTERVAL_MINUTES)
      );
    }, 'is not from PT1M to PT15M')
    .optional(),
  rules: z.array(prometheusRule).min(1).max(MOST_RULES),
  scopes: z.array(resourceId).length(1),
});

export const AZURE_MONITOR_WORKSPACE = z.strictObject({
  ...tracked,
  publicNetworkAccess: z.enum(['Enabled', 'Disabled']).optional(),
});

const failingPeriods = z
  .strictObject({
    minFailingPeriodsToAlert: z.int().min(1).max(6).optional(),
    numberOfEvaluationPeriods: z.int().min(1).max(6).optional(),
  })
  .refine(
    ({ minFailingPeriodsToAlert: failing = 1, numberOfEvaluationPeriods: all = 1 }) =>
      failing <= all,
    'asks for more failing periods than there are',
  );

const queryCondition = z
  .strictObject({
    criterionType: z.enum(['StaticThresholdCriterion', 'DynamicThresholdCriterion']).optional(),
    query: z.string().min(1),
    timeAggregation: z.enum(['Count', 'Average', 'Minimum', 'Maximum', 'Total']),
    metricMeasureColumn: z.string().min(1).optional(),
    resourceIdColumn: z.string().optional(),
    dimensions: z
      .array(
        z.strictObject({
          name: z.string(),
          operator: z.enum(['Include', 'Exclude']),
          values: z.array(z.string()),
        }),
      )
      .optional(),
    operator: z.enum([
      'Equals',
      'GreaterThan',
      'GreaterThanOrEqual',
      'LessThan',
      'LessThanOrEqual',
      'GreaterOrLessThan',
    ]),
    threshold: z.number().optional(),
    alertSensitivity: z.enum(['Low', 'Medium', 'High']).optional(),
    ignoreDataBefore: z.string().optional(),
    failingPeriods: failingPeriods.optional(),
    metricName: z.string().optional(),
    minRecurrenceCount: z.int().optional(),
  })
  .refine(
    ({ timeAggregation, metricMeasureColumn }) =>
      timeAggregation === 'Count' || metricMeasureColumn !== undefined,
    'aggregates a measure without naming its column in metricMeasureColumn',
  )
  .refine(
    ({ criterionType, threshold }) =>
      criterionType === 'DynamicThresholdCriterion' || threshold !== undefined,
    'has no threshold, which every condition without dynamic thresholds needs',
  );

/** Of kind LogAlert, which is the default: the other two kinds need other properties. */
export const SCHEDULED_QUERY_RULE = z
  .strictObject({
    ...tracked,
    kind: z.literal('LogAlert').optional(),
    identity: z
      .strictObject({
        type: z.enum(['SystemAssigned', 'UserAssigned', 'None']),
        userAssignedIdentities: z.record(z.string(), z.strictObject({})).optional(),
      })
      .optional(),
    description: z.string().max(4096).optional(),
    displayName: z.string().optional(),
    severity,
    enabled: z.boolean().optional(),
    scopes: z.array(resourceId).min(1),
    evaluationFrequency: duration,
    windowSize: duration,
    overrideQueryTimeRange: duration.optional(),
    targetResourceTypes: z.array(z.string()).optional(),
    criteria: z.strictObject({ allOf: z.array(queryCondition).length(1) }),
    muteActionsDuration: duration.optional(),
    actions: z
      .strictObject({
        actionGroups: z.array(resourceId).optional(),
        customProperties: strings.optional(),
        actionProperties: strings.optional(),
      })
      .optional(),
    checkWorkspaceAlertsStorageConfigured: z.boolean().optional(),
    skipQueryValidation: z.boolean().optional(),
    autoMitigate: z.boolean().optional(),
    resolveConfiguration,
  })
  .refine(
    ({ autoMitigate, muteActionsDuration }) => !(autoMitigate && muteActionsDuration !== undefined),
    'mutes actions, which an alert that resolves itself (autoMitigate) cannot',
  );
