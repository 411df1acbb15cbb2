import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';
import { summarize } from './summary.ts';
import type { SummaryData } from './summary.ts';
import { printed } from './summary-text.ts';

const trend = (count: number) => ({
  values: { count, min: 1, med: 2, avg: 3, 'p(90)': 4, 'p(95)': 5, 'p(99)': 6, max: 7 },
});

const DATA: SummaryData = {
  state: { testRunDurationMs: 20_000 },
  root_group: { checks: [{ name: 'has text', passes: 9, fails: 1 }] },
  metrics: {
    stt_answered: { values: { count: 10, rate: 0.5 }, thresholds: { 'count>0': { ok: true } } },
    stt_rejected: { values: { count: 4, rate: 0.2 } },
    stt_audio_seconds: { values: { count: 70, rate: 3.5 } },
    stt_answer_duration: { ...trend(10), thresholds: { 'p(95)<=4': { ok: false } } },
    stt_queue_duration: trend(0),
    stt_reference_words: { values: { count: 200, rate: 10 } },
    stt_word_errors: { values: { count: 5, rate: 0.25 } },
    dropped_iterations: { values: { count: 3, rate: 0.1 } },
    vus_max: { values: { value: 8, min: 8, max: 8 } },
  },
};

const SUMMARY = summarize(DATA, readSettings({ TEST_MODE: 'stress' }));

describe('the summary of a run', () => {
  it('has what k6 counted, as rates of the whole run', () => {
    expect(SUMMARY).toMatchObject({
      mode: 'stress',
      seconds: 20,
      requests: 14,
      answered: 10,
      rejected: 4,
      failed: 0,
      dropped: 3,
      answeredPerSecond: 0.5,
      audioSecondsPerSecond: 3.5,
      maxVus: 8,
      answerMs: { min: 1, median: 2, mean: 3, p90: 4, p95: 5, p99: 6, max: 7 },
      words: { reference: 200, errors: 5 },
      workerRecycles: null,
    });
  });

  it('says null where nothing was measured, not 0', () => {
    expect(SUMMARY.queueMs).toBeNull();
    expect(SUMMARY.rejectionMs).toBeNull();
    expect(summarize({ ...DATA, metrics: {} }, readSettings({})).words).toBeNull();
  });

  it('tells each threshold with what was measured', () => {
    expect(SUMMARY.thresholds).toEqual([
      { metric: 'stt_answered', expression: 'count>0', held: true, measured: 10 },
      { metric: 'stt_answer_duration', expression: 'p(95)<=4', held: false, measured: 5 },
    ]);
  });

  it('is printed with what crossed and what failed', () => {
    const text = printed(SUMMARY);
    expect(text).toContain('14: 10 answered, 4 turned away, 0 failed');
    expect(text).toContain('✗ stt_answer_duration p(95)<=4, measured 5');
    expect(text).toContain('✗ has text: 9 of 10');
    expect(text).toContain('2.5 % of 200 words');
    expect(text).toContain('3: no user was free');
  });
});
