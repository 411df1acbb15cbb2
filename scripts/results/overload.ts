/** Five times what the service can answer. */
import { durationSeconds } from '../../k6/lib/durations.ts';
import { JUMP_SECONDS } from '../../k6/lib/scenarios.ts';
import { drawLines } from '../charts/line-chart.ts';
import { ratesOf, serviceLine } from '../load-test/pictures.ts';
import { meanBetween, parentBytesOf, peak, rateBetween, workersBytesOf } from './figures.ts';
import { megabytes, percent, resultOf, seconds, summaryOf } from './section.ts';
import type { Results, Section } from './section.ts';
import { capacityOf, OVERLOAD } from './trials.ts';

/** From the jump until the queue is full. */
const SETTLE_SECONDS = 15;

export function overload(results: Results): Section {
  const result = resultOf(results, 'overload');
  const { answered, rejected, failed, rejectionMs, answerMs, requests, dropped } = summaryOf(
    results,
    'overload',
  );
  const { settings } = result;
  const start = (durationSeconds(settings.rampUp) ?? 0) + JUMP_SECONDS;
  const end = start + (durationSeconds(settings.steady) ?? 0);
  const capacity = capacityOf(results);
  const between = (of: 'answered' | 'rejected') =>
    rateBetween(result, start + SETTLE_SECONDS, end, (load) => load[of]);
  const goodput = between('answered');
  const turnedAway = between('rejected');
  const early = meanBetween(result, [0, 0.1], parentBytesOf);
  const late = meanBetween(result, [0.9, 1], parentBytesOf);
  return {
    title: `${OVERLOAD === 5 ? 'Five' : OVERLOAD} times too much`,
    text: `${settings.maxRate} requests a second for ${settings.steady}, ${OVERLOAD} times what two busy workers answer (${capacity.toFixed(2)} a second, trial \`workers-2\`), after a quiet quarter of a minute and before a quiet minute.

- Of ${requests} requests ${answered} were answered, ${rejected} (${percent(rejected / requests)}) turned away with 503 and ${failed} failed; ${dropped === 0 ? 'every one was sent' : `${dropped} were not sent, as all users were waiting`}.
- While the overload lasted and its queue was full, ${goodput === null ? 'an unknown number' : goodput.toFixed(2)} a second were answered: ${goodput === null ? 'unknown' : percent(goodput / capacity)} of what the service answers without it; ${turnedAway === null ? 'an unknown number' : turnedAway.toFixed(1)} a second were turned away.
- Being turned away took ${seconds(rejectionMs?.median)} (median), ${seconds(rejectionMs?.p95)} (p95): whoever can go elsewhere knows at once. An answer took ${seconds(answerMs?.median)} (median), ${seconds(answerMs?.p95)} (p95), nearly all of it in the queue.
- The server held ${megabytes(early)} before, ${megabytes(peak(result, parentBytesOf))} at most and ${megabytes(late)} at the end.`,
    pictures: [
      {
        name: 'overload',
        alt: 'Answered and turned away a second before, while and after five times too much.',
        svg: drawLines({
          title: 'Answered and turned away',
          x: { name: 'since the start', quantity: 'seconds' },
          left: { name: 'a second', quantity: 'perSecond' },
          lines: [
            { name: 'answered', points: ratesOf(result.samples, (load) => load.answered) },
            { name: 'turned away', points: ratesOf(result.samples, (load) => load.rejected) },
            { name: 'failed', points: ratesOf(result.samples, (load) => load.failed) },
          ],
          marks: [
            { x: start, label: 'overload' },
            { x: end, label: 'over' },
          ],
        }),
      },
      {
        name: 'overload-memory',
        alt: 'Resident memory of server and workers, and tasks in the queue, during the overload.',
        svg: drawLines({
          title: 'Memory and queue meanwhile',
          x: { name: 'since the start', quantity: 'seconds' },
          left: { name: 'memory', quantity: 'bytes' },
          right: { name: 'waiting', quantity: 'count' },
          lines: [
            serviceLine('server', result.samples, parentBytesOf),
            serviceLine('workers', result.samples, workersBytesOf),
            {
              ...serviceLine('waiting', result.samples, ({ queueDepth }) => queueDepth),
              axis: 'right',
              style: 'dashed',
            },
          ],
        }),
      },
    ],
  };
}
