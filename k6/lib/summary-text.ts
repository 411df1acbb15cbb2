/** The figures of a run as lines of text. */
import type { Spread, Summary } from './summary.ts';

export function printed(summary: Summary): string {
  const { answered, rejected, failed, dropped, requests, words, workerRecycles } = summary;
  const rows: (readonly [string, string])[] = [
    ['requests', `${requests}: ${answered} answered, ${rejected} turned away, ${failed} failed`],
    [
      'throughput',
      `${perSecond(summary.answeredPerSecond)} answers, ${perSecond(summary.audioSecondsPerSecond)} seconds of audio`,
    ],
    ['answer', spread(summary.answerMs)],
    ['  in the queue', spread(summary.queueMs)],
    ['  at the engine', spread(summary.transcribeMs)],
    ...(summary.rejectionMs === null
      ? []
      : [['turned away after', spread(summary.rejectionMs)] as const]),
    ...(dropped === 0
      ? []
      : [['not sent', `${dropped}: no user was free; MAX_VUS allows more`] as const]),
    ...(words === null
      ? []
      : [
          [
            'word errors',
            `${share(words.errors, words.reference)} of ${words.reference} words`,
          ] as const,
        ]),
    ...(workerRecycles === null ? [] : [['workers replaced', String(workerRecycles)] as const]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  const checks = summary.checks.map(
    ({ name, passes, fails }) =>
      `  ${fails === 0 ? '✓' : '✗'} ${name}: ${passes} of ${passes + fails}`,
  );
  const thresholds = summary.thresholds.map(
    ({ metric, expression, held, measured }) =>
      `  ${held ? '✓' : '✗'} ${metric} ${expression}${measured === null ? '' : `, measured ${rounded(measured)}`}`,
  );
  return [
    '',
    `${summary.mode} on ${summary.endpoint}, ${Math.round(summary.seconds)} s`,
    ...lines,
    '',
    'Every answer',
    ...checks,
    '',
    'Thresholds',
    ...thresholds,
    '',
    '',
  ].join('\n');
}

function spread(value: Spread | null): string {
  if (value === null) return 'nothing to measure';
  const { median, p95, p99, max } = value;
  return `${ms(median)} median, ${ms(p95)} p95, ${ms(p99)} p99, ${ms(max)} longest`;
}

function ms(value: number): string {
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

function perSecond(value: number): string {
  return `${value.toFixed(2)}/s`;
}

function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function rounded(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
