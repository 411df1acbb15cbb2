/** What is watched on Azure in any case: its own metrics of the app, and the app's log. Pure. */
import { errorLinesQuery, failedShareQuery } from './log-queries.ts';
import type { AzureSettings } from './settings.ts';

const BYTES_PER_GIB = 1024 ** 3;
/** Share of a replica's memory; the same as in the cluster's alert. */
const MEMORY_SHARE = 0.9;
/** Restarts of one replica since it began: a single one is a deployment's hiccup. */
const RESTARTS = 2;
/** 5xx at the ingress within the window, the platform's own included, which no log line of ours tells of. */
const INGRESS_FAILURES = 20;
const FAILED_PERCENT = 5;
const MINIMUM_REQUESTS = 20;

/** Azure's severities: 0 is the worst. */
const PAGE = 1;
const TICKET = 2;

export interface MetricAlertSpec {
  readonly name: string;
  /** A sentence with what to look at. */
  readonly description: string;
  readonly severity: number;
  /** A metric of Microsoft.App/containerApps. */
  readonly metricName: string;
  readonly timeAggregation: 'Average' | 'Maximum' | 'Minimum' | 'Total';
  readonly operator: 'GreaterThan' | 'GreaterThanOrEqual';
  readonly threshold: number;
  /** ISO 8601. */
  readonly windowSize: string;
  readonly dimensions: readonly { readonly name: string; readonly values: readonly string[] }[];
}

export interface LogAlertSpec {
  readonly name: string;
  readonly description: string;
  readonly severity: number;
  readonly query: string;
  readonly timeAggregation: 'Maximum' | 'Count';
  readonly metricMeasureColumn?: string;
  readonly threshold: number;
  /** ISO 8601. */
  readonly windowSize: string;
}

const EACH_REPLICA = [{ name: 'podName', values: ['*'] }];

export function metricAlerts({
  size,
  minReplicas,
  maxReplicas,
}: Pick<AzureSettings, 'size' | 'minReplicas' | 'maxReplicas'>): readonly MetricAlertSpec[] {
  const alerts: MetricAlertSpec[] = [
    {
      name: 'stt-ingress-5xx',
      description: `More than ${INGRESS_FAILURES} answers in 5 minutes were 5xx, those of the ingress itself included. docs/azure.md#alerts`,
      severity: PAGE,
      metricName: 'Requests',
      timeAggregation: 'Total',
      operator: 'GreaterThan',
      threshold: INGRESS_FAILURES,
      windowSize: 'PT5M',
      dimensions: [{ name: 'statusCodeCategory', values: ['5xx'] }],
    },
    {
      name: 'stt-restarts',
      description: `A replica has been restarted more than ${RESTARTS} times. docs/azure.md#alerts`,
      severity: PAGE,
      metricName: 'RestartCount',
      timeAggregation: 'Maximum',
      operator: 'GreaterThan',
      threshold: RESTARTS,
      windowSize: 'PT15M',
      dimensions: EACH_REPLICA,
    },
    {
      name: 'stt-memory',
      description: `A replica uses over ${MEMORY_SHARE * 100} % of its ${size.memory} GiB for 15 minutes. docs/azure.md#alerts`,
      severity: TICKET,
      metricName: 'WorkingSetBytes',
      timeAggregation: 'Average',
      operator: 'GreaterThan',
      threshold: Math.round(size.memory * BYTES_PER_GIB * MEMORY_SHARE),
      windowSize: 'PT15M',
      dimensions: EACH_REPLICA,
    },
  ];
  if (maxReplicas > minReplicas) {
    alerts.push({
      name: 'stt-replicas-at-maximum',
      description: `All ${maxReplicas} replicas have been in use for 15 minutes: more load will wait or be refused. docs/azure.md#alerts`,
      severity: TICKET,
      metricName: 'Replicas',
      timeAggregation: 'Minimum',
      operator: 'GreaterThanOrEqual',
      threshold: maxReplicas,
      windowSize: 'PT15M',
      dimensions: [],
    });
  }
  return alerts;
}

export function logAlerts(appName: string): readonly LogAlertSpec[] {
  return [
    {
      name: 'stt-failed-share',
      description: `Over ${FAILED_PERCENT} % of at least ${MINIMUM_REQUESTS} requests in 15 minutes were answered with 5xx. docs/azure.md#alerts`,
      severity: PAGE,
      query: failedShareQuery(appName, MINIMUM_REQUESTS),
      timeAggregation: 'Maximum',
      metricMeasureColumn: 'failed_percent',
      threshold: FAILED_PERCENT,
      windowSize: 'PT15M',
    },
    {
      name: 'stt-error-log',
      description:
        'The service logged an error that belongs to no request: a crash, a broken key file, a failed start. docs/azure.md#alerts',
      severity: TICKET,
      query: errorLinesQuery(appName),
      timeAggregation: 'Count',
      threshold: 0,
      windowSize: 'PT15M',
    },
  ];
}
