/** Alerts that need no Prometheus: on the platform's metrics of the app and on its log. */
import { monitor } from '@pulumi/azure-native';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Input } from '@pulumi/pulumi';
import { logAlerts, metricAlerts } from './alerts.ts';
import type { Place } from './place.ts';
import type { AzureSettings } from './settings.ts';

const METRIC_NAMESPACE = 'Microsoft.App/containerApps';
const EVERY_5_MINUTES = 'PT5M';

export interface ObservabilityArgs {
  readonly settings: AzureSettings;
  /** ARM id of the Container App. */
  readonly appId: Input<string>;
  /** ARM id of the Log Analytics workspace. */
  readonly workspaceId: Input<string>;
  readonly actionGroupId: Input<string>;
}

export class Observability extends ComponentResource {
  constructor(
    name: string,
    { names, resourceGroupName, location, tags }: Place,
    { settings, appId, workspaceId, actionGroupId }: ObservabilityArgs,
    options: ComponentResourceOptions,
  ) {
    super('stt:azure:Observability', name, {}, options);
    for (const spec of metricAlerts(settings)) {
      new monitor.MetricAlert(
        spec.name,
        {
          resourceGroupName,
          tags,
          // Nor do alerts on metrics.
          location: 'global',
          ruleName: spec.name,
          description: spec.description,
          severity: spec.severity,
          enabled: true,
          autoMitigate: true,
          scopes: [appId],
          evaluationFrequency: EVERY_5_MINUTES,
          windowSize: spec.windowSize,
          criteria: {
            odataType: 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
            allOf: [
              {
                criterionType: 'StaticThresholdCriterion',
                name: spec.name,
                metricNamespace: METRIC_NAMESPACE,
                metricName: spec.metricName,
                timeAggregation: spec.timeAggregation,
                operator: spec.operator,
                threshold: spec.threshold,
                dimensions: spec.dimensions.map(({ name, values }) => ({
                  name,
                  operator: 'Include',
                  values: [...values],
                })),
              },
            ],
          },
          actions: [{ actionGroupId }],
        },
        { parent: this },
      );
    }
    for (const spec of logAlerts(names.app)) {
      new monitor.ScheduledQueryRule(
        spec.name,
        {
          resourceGroupName,
          location,
          tags,
          ruleName: spec.name,
          displayName: spec.name,
          description: spec.description,
          kind: 'LogAlert',
          severity: spec.severity,
          enabled: true,
          autoMitigate: true,
          // The table is there only once the app has written its first line.
          skipQueryValidation: true,
          scopes: [workspaceId],
          evaluationFrequency: EVERY_5_MINUTES,
          windowSize: spec.windowSize,
          criteria: {
            allOf: [
              {
                query: spec.query,
                timeAggregation: spec.timeAggregation,
                ...(spec.metricMeasureColumn === undefined
                  ? {}
                  : { metricMeasureColumn: spec.metricMeasureColumn }),
                operator: 'GreaterThan',
                threshold: spec.threshold,
                failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
              },
            ],
          },
          actions: { actionGroups: [actionGroupId] },
        },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
