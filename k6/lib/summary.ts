/** k6's end-of-test data → the figures of a run. The one place that knows the shape of that data. */
import { LOAD_METRICS } from './metric-names.ts';
import type { Settings } from './settings.ts';

export interface SummaryData {
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly state: { readonly testRunDurationMs: number };
  readonly root_group: { readonly checks: readonly CheckData[] };
}

interface Metric {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

interface CheckData {
  readonly name: string;
  readonly passes: number;
  readonly fails: number;
}

/** In the unit of what was measured. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly mean: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface Summary {
  readonly mode: string;
  readonly endpoint: string;
  /** From the first to the last request. */
  readonly seconds: number;
  readonly requests: number;
  readonly answered: number;
  readonly rejected: number;
  readonly failed: number;
  /** Iterations of an open mode that no user was free for. */
  readonly dropped: number;
  readonly answeredPerSecond: number;
  readonly audioSeconds: number;
  /** Seconds of audio transcribed in each second. */
  readonly audioSecondsPerSecond: number;
  readonly maxVus: number;
  /** Milliseconds; null where nothing of the kind happened. */
  readonly answerMs: Spread | null;
  readonly rejectionMs: Spread | null;
  readonly queueMs: Spread | null;
  readonly transcribeMs: Spread | null;
  readonly realTimeFactor: Spread | null;
  /** Null where no recording has a reference. */
  readonly words: { readonly reference: number; readonly errors: number } | null;
  /** Null but in mode recycle. */
  readonly workerRecycles: number | null;
  readonly checks: readonly CheckData[];
  readonly thresholds: readonly Threshold[];
}

export interface Threshold {
  readonly metric: string;
  readonly expression: string;
  readonly held: boolean;
  /** What was measured, by the name in the expression; null where nothing was. */
  readonly measured: number | null;
}

export function summarize(
  { metrics, state, root_group }: SummaryData,
  settings: Settings,
): Summary {
  const seconds = state.testRunDurationMs / 1000;
  const value = (name: string, key: string) => metrics[name]?.values[key];
  const count = (name: string) => value(name, 'count') ?? 0;
  const spread = (name: string) => spreadOf(metrics[name]);
  const answered = count(LOAD_METRICS.answered);
  const rejected = count(LOAD_METRICS.rejected);
  const failed = count(LOAD_METRICS.failed);
  const audioSeconds = count(LOAD_METRICS.audioSeconds);
  const reference = count(LOAD_METRICS.referenceWords);
  return {
    mode: settings.mode,
    endpoint: settings.endpoint,
    seconds,
    requests: answered + rejected + failed,
    answered,
    rejected,
    failed,
    dropped: count('dropped_iterations'),
    answeredPerSecond: answered / seconds,
    audioSeconds,
    audioSecondsPerSecond: audioSeconds / seconds,
    maxVus: value('vus_max', 'max') ?? 0,
    answerMs: spread(LOAD_METRICS.answerDuration),
    rejectionMs: spread(LOAD_METRICS.rejectionDuration),
    queueMs: spread(LOAD_METRICS.queueDuration),
    transcribeMs: spread(LOAD_METRICS.transcribeDuration),
    realTimeFactor: spread(LOAD_METRICS.realTimeFactor),
    words: reference === 0 ? null : { reference, errors: count(LOAD_METRICS.wordErrors) },
    workerRecycles: settings.mode === 'recycle' ? count(LOAD_METRICS.workerRecycles) : null,
    checks: root_group.checks.map(({ name, passes, fails }) => ({ name, passes, fails })),
    thresholds: Object.entries(metrics).flatMap(([name, metric]) => thresholdsOf(name, metric)),
  };
}

/** A trend nobody added to is all zeros in k6's data; its count tells. */
function spreadOf(metric: Metric | undefined): Spread | null {
  const values = metric?.values ?? {};
  if (!values['count']) return null;
  const of = (key: string) => values[key] ?? 0;
  return {
    min: of('min'),
    median: of('med'),
    mean: of('avg'),
    p90: of('p(90)'),
    p95: of('p(95)'),
    p99: of('p(99)'),
    max: of('max'),
  };
}

function thresholdsOf(metric: string, { values, thresholds = {} }: Metric): Threshold[] {
  return Object.entries(thresholds).map(([expression, { ok }]) => {
    const aggregate = /^[a-z]+(?:\([\d.]+\))?/.exec(expression)?.[0] ?? '';
    return { metric, expression, held: ok, measured: values[aggregate] ?? null };
  });
}
