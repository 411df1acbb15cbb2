/** What Kubernetes knows of the pods: cAdvisor's and kube-state-metrics' series, which carry neither our job nor our instance. */
import { CONFIG } from '../config.ts';
import type { Config } from '../config.ts';
import { BOARD, max, rate, select, sum } from './promql.ts';
import type { Scope } from './promql.ts';

export const CONTAINER_METRICS = {
  memory: 'container_memory_working_set_bytes',
  memoryLimit: 'kube_pod_container_resource_limits',
  memoryLimitOfCadvisor: 'container_spec_memory_limit_bytes',
  cpu: 'container_cpu_usage_seconds_total',
  throttled: 'container_cpu_cfs_throttled_periods_total',
  periods: 'container_cpu_cfs_periods_total',
  terminated: 'kube_pod_container_status_last_terminated_reason',
} as const;

/** The pods of a board: the variable `instance` holds pod names where the scrape job sets `instance` to the pod. */
export const BOARD_PODS: Scope = {
  matchers: [`container="${CONFIG.container}"`, 'pod=~"$instance"'],
  window: '$__rate_interval',
};

/** Cores in use by the server process alone, and by its container with the workers. */
export const CPU_QUERIES = [
  {
    expr: sum(rate(BOARD, 'process_cpu_seconds_total'), ['instance']),
    legend: 'server {{instance}}',
  },
  { expr: sum(rate(BOARD_PODS, CONTAINER_METRICS.cpu), ['pod']), legend: 'container {{pod}}' },
] as const;

export function ruleMatchers(
  config: Pick<Config, 'namespace'>,
  ...matchers: string[]
): readonly string[] {
  return config.namespace === null ? matchers : [...matchers, `namespace="${config.namespace}"`];
}

/** From kube-state-metrics, or from cAdvisor where that is all there is; kube-prometheus-stack drops the latter's. */
export function memoryLimit(scope: Pick<Scope, 'matchers'>, by: readonly string[]): string {
  const declared = max(select(scope, CONTAINER_METRICS.memoryLimit, 'resource="memory"'), by);
  const enforced = max(select(scope, CONTAINER_METRICS.memoryLimitOfCadvisor), by);
  return `((${declared} or ${enforced}) > 0)`;
}
