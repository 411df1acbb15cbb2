/** What counts as a bad event and as an event, for both objectives: boards and rules share these. */
import { METRICS } from '../../service/src/contract.ts';
import { CONFIG } from '../config.ts';
import type { Config } from '../config.ts';
import { bucketBound, oneOf, rate, sum } from '../lib/promql.ts';
import type { Scope } from '../lib/promql.ts';

export interface Indicator {
  /** Bad events a second. */
  bad(scope: Scope, by?: readonly string[]): string;
  /** All events a second that can be judged. */
  all(scope: Scope, by?: readonly string[]): string;
}

/** Refused is bad, whatever the reason: the caller has no words. Gone clients (499) got no answer and are no event. */
export function availabilityOf(config: Config): Indicator {
  const routes = oneOf('route', config.objectiveRoutes);
  const requests = (scope: Scope, by: readonly string[], status: string) =>
    sum(rate(scope, METRICS.httpRequests, routes, status), by);
  return {
    bad: (scope, by = []) => requests(scope, by, 'status=~"429|5.."'),
    all: (scope, by = []) => requests(scope, by, 'status!="499"'),
  };
}

/** Only answers with words have a pace; the others are availability's. */
export function latencyOf(config: Config): Indicator {
  const routes = oneOf('route', config.objectiveRoutes);
  const bound = bucketBound(config.latency.realTimeFactor);
  const answers = (scope: Scope, by: readonly string[]) =>
    sum(rate(scope, `${METRICS.requestRealTimeFactor}_count`, routes), by);
  return {
    bad: (scope, by = []) =>
      `(${answers(scope, by)} - ${sum(rate(scope, `${METRICS.requestRealTimeFactor}_bucket`, routes, bound), by)})`,
    all: (scope, by = []) => answers(scope, by),
  };
}

export const AVAILABILITY = availabilityOf(CONFIG);
export const LATENCY = latencyOf(CONFIG);
