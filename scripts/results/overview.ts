/** All runs in one table. */
import { parentBytesOf, peak, workersBytesOf } from './figures.ts';
import { megabytes, resultOf, seconds, summaryOf, table } from './section.ts';
import type { Results, Section } from './section.ts';

const RUNS = [
  'smoke-isolated',
  'smoke-threads',
  'smoke-sync',
  'load-isolated',
  'load-threads',
  'load-sync',
  'stress-isolated',
  'stress-threads',
  'soak-isolated',
  'soak-threads',
  'recycle-isolated',
];

export function overview(results: Results): Section {
  const rows = RUNS.map((id) => {
    const { settings } = resultOf(results, id);
    const { answered, rejected, failed, answeredPerSecond, answerMs } = summaryOf(results, id);
    const { server, workers } = peaks(results, id);
    return [
      settings.mode,
      `\`${settings.endpoint}\``,
      settings.model === 'closed'
        ? `${settings.maxVus} ${settings.maxVus === 1 ? 'user' : 'users'}`
        : `${settings.maxRate}/s`,
      `${settings.rampUp} / ${settings.steady} / ${settings.rampDown}`,
      String(answered),
      String(rejected),
      String(failed),
      answeredPerSecond.toFixed(2),
      seconds(answerMs?.median),
      seconds(answerMs?.p95),
      seconds(answerMs?.p99),
      server,
      workers,
    ];
  });
  return {
    title: 'All modes',
    text: `${table(
      [
        'mode',
        'endpoint',
        'load',
        'up / steady / down',
        'answered',
        'turned away',
        'failed',
        'answers/s',
        'median',
        'p95',
        'p99',
        'server, peak',
        'workers, peak',
      ],
      rows,
    )}

The durations are scaled down to what the table says: \`make load-test\` runs load for 20 minutes, stress for 30, soak for 70
and recycle for 32. Answers a second are of the whole run, climb and descent included. Users of load, stress and soak wait
1 to 3 s between an answer and the next request; the rest of their time they stand in the queue, which is what their
medians show. \`/transcriptions/sync\` does one at a time on the thread that answers health checks as well: it is the baseline.`,
    pictures: [],
  };
}

function peaks(
  results: Results,
  id: string,
): { readonly server: string; readonly workers: string } {
  const result = resultOf(results, id);
  const workers = peak(result, workersBytesOf);
  return {
    server: megabytes(peak(result, parentBytesOf)),
    workers: megabytes(workers),
  };
}
