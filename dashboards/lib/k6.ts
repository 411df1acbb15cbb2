/** What k6 writes to Prometheus during a load test. Nobody scrapes k6, so its series have neither job nor instance: a test is told from others by `testid`. */
import { LOAD_METRICS } from '../../k6/lib/metric-names.ts';
import type { Scope } from './promql.ts';

const counter = (metric: string) => `k6_${metric}_total`;
const share = (metric: string) => `k6_${metric}_rate`;
const trend = (metric: string) => ({
  p50: `k6_${metric}_p50`,
  p95: `k6_${metric}_p95`,
  p99: `k6_${metric}_p99`,
  max: `k6_${metric}_max`,
});

/** Times are in seconds. Percentiles, maxima and shares (0..1) are of everything since the test began, not of a window. */
export const K6_SERIES = {
  users: 'k6_vus',
  usersAtHand: 'k6_vus_max',
  droppedIterations: counter('dropped_iterations'),
  bytesSent: counter('data_sent'),
  bytesReceived: counter('data_received'),
  checks: share('checks'),
  answered: counter(LOAD_METRICS.answered),
  rejected: counter(LOAD_METRICS.rejected),
  failed: counter(LOAD_METRICS.failed),
  rejectedShare: share(LOAD_METRICS.rejectedShare),
  failedShare: share(LOAD_METRICS.failedShare),
  referenceWords: counter(LOAD_METRICS.referenceWords),
  wordErrors: counter(LOAD_METRICS.wordErrors),
  answerDuration: trend(LOAD_METRICS.answerDuration),
  realTimeFactor: trend(LOAD_METRICS.realTimeFactor),
} as const;

/** The variable that a board needs for `BOARD_TESTS`. */
export const TEST_VARIABLE = {
  name: 'testid',
  label: 'Test',
  // Written with each request of ours; what k6 measures by itself may be of tests of something else.
  query: `label_values(${K6_SERIES.failedShare}, testid)`,
} as const;

/** The load tests of a board. */
export const BOARD_TESTS: Scope = {
  matchers: ['testid=~"$testid"'],
  window: '$__rate_interval',
};
