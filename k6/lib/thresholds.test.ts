import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';
import { thresholdsFor } from './thresholds.ts';

const thresholds = (variables: Record<string, string>) => thresholdsFor(readSettings(variables));

describe('the thresholds', () => {
  it('come from the settings', () => {
    expect(
      thresholds({
        THRESHOLD_P95_DURATION: '750',
        THRESHOLD_ERROR_RATE: '0.02',
        THRESHOLD_REJECTED_RATE: '0.3',
      }),
    ).toEqual({
      stt_answer_duration: [{ threshold: 'p(95)<=750' }],
      stt_failed_share: [{ threshold: 'rate<=0.02' }],
      stt_rejected_share: [{ threshold: 'rate<=0.3' }],
      stt_answered: [{ threshold: 'count>0' }],
      checks: [{ threshold: 'rate==1' }],
    });
  });

  it('end the search for the limit, and no other mode', () => {
    const ending = (mode: string) =>
      Object.values(thresholds({ TEST_MODE: mode }))
        .flat()
        .filter(({ abortOnFail }) => abortOnFail).length;
    expect(ending('breakpoint')).toBe(3);
    expect(ending('stress')).toBe(0);
    expect(ending('spike')).toBe(0);
  });

  it('want workers to be replaced, and every request sent, where recycling is tested', () => {
    expect(thresholds({ TEST_MODE: 'recycle' })).toMatchObject({
      stt_worker_recycles: [{ threshold: 'count>0' }],
      dropped_iterations: [{ threshold: 'count==0' }],
    });
  });
});
