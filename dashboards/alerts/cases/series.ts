/** Names of series as scrapes of one or two instances leave them. */
import { METRICS, PATHS } from '../../../service/src/contract.ts';
import { CONFIG } from '../../config.ts';
import type { Firing } from '../../test/promtool.ts';

export type Labels = Readonly<Record<string, string | number>>;

export const NOTHING: readonly Firing[] = [];

/** A series of the instance `a` unless said. */
export function scraped(metric: string, labels: Labels = {}): string {
  return series(metric, { job: CONFIG.job, instance: 'a', ...labels });
}

export function requests(status: number, labels: Labels = {}): string {
  return scraped(METRICS.httpRequests, {
    route: PATHS.transcriptionsIsolated,
    method: 'POST',
    status,
    ...labels,
  });
}

export function ofPod(metric: string, labels: Labels = {}): string {
  return series(metric, {
    namespace: 'speech',
    pod: 'stt-0',
    container: CONFIG.container,
    ...labels,
  });
}

function series(metric: string, labels: Labels): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${metric}{${matchers.join(',')}}`;
}
