/** What a run must hold to pass; k6 exits with 99 where it does not. */
import type { ObjectThreshold } from 'k6/options';
import { LOAD_METRICS } from './metric-names.ts';
import type { Settings } from './settings.ts';

/** A limit that is crossed in the first seconds is a cold start. */
const SETTLE = '20s';

export function thresholdsFor(settings: Settings): Record<string, ObjectThreshold[]> {
  const { mode, p95Ms, errorRate, rejectedRate } = settings;
  // The one mode whose purpose is to cross a line: going on after it would only break more.
  const ending = mode === 'breakpoint' ? { abortOnFail: true, delayAbortEval: SETTLE } : {};
  const hold = (threshold: string): ObjectThreshold[] => [{ threshold, ...ending }];
  return {
    [LOAD_METRICS.answerDuration]: hold(`p(95)<=${p95Ms}`),
    [LOAD_METRICS.failedShare]: hold(`rate<=${errorRate}`),
    [LOAD_METRICS.rejectedShare]: hold(`rate<=${rejectedRate}`),
    // A run without a single transcript shows nothing.
    [LOAD_METRICS.answered]: [{ threshold: 'count>0' }],
    checks: [{ threshold: mode === 'smoke' ? 'rate==1' : 'rate>0.99' }],
    // Otherwise it was k6 that could not keep the rate, and the figures are of another test.
    ...(mode === 'recycle' && {
      dropped_iterations: [{ threshold: 'count==0' }],
      [LOAD_METRICS.workerRecycles]: [{ threshold: 'count>0' }],
    }),
  };
}
