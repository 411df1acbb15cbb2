/** What isolation costs, and what it keeps out of the server. */
import { drawBars } from '../charts/bar-chart.ts';
import { drawLines } from '../charts/line-chart.ts';
import { serviceLine } from '../load-test/pictures.ts';
import { meanBetween, parentBytesOf, workersBytesOf } from './figures.ts';
import { megabytes, resultOf, seconds, signed, summaryOf, table } from './section.ts';
import type { Results, Section } from './section.ts';
import { ENDPOINT_NAMES } from './trials.ts';
import type { EndpointName } from './trials.ts';

const ENDPOINTS = Object.keys(ENDPOINT_NAMES) as EndpointName[];
/** Of the run: models are loaded by then, and users have not left yet. */
const EARLY = [0.2, 0.35] as const;
const LATE = [0.8, 0.95] as const;

export function isolation(results: Results): Section {
  const smokes = ENDPOINTS.map((name) => ({
    name: ENDPOINT_NAMES[name],
    summary: summaryOf(results, `smoke-${name}`),
  }));
  const medians = smokes.map(({ summary }) => summary.answerMs?.median ?? null);
  const [isolated, threads] = medians;
  const cost =
    isolated !== null && isolated !== undefined && threads !== null && threads !== undefined
      ? `The median answer from a subprocess took ${signed(isolated - threads, 0, 'ms')} against one from a thread of the server.`
      : '';
  return {
    title: 'What isolation costs',
    text: `One user after another uploads the same recordings in the same order to each endpoint.

${table(
  ['endpoint', 'answers', 'median', 'p95', 'longest'],
  smokes.map(({ name, summary: { answered, answerMs } }) => [
    `\`${name}\``,
    String(answered),
    seconds(answerMs?.median),
    seconds(answerMs?.p95),
    seconds(answerMs?.max),
  ]),
)}

${cost} The pool is warm: no request pays for the start of a process or the loading of a model.`,
    pictures: [
      {
        name: 'isolation-cost',
        alt: 'Median and 95th percentile of an answer for each endpoint, one user.',
        svg: drawBars({
          title: 'One user: time to an answer',
          quantity: 'milliseconds',
          categories: smokes.map(({ name }) => name),
          series: [
            { name: 'median', values: medians },
            { name: 'p95', values: smokes.map(({ summary }) => summary.answerMs?.p95 ?? null) },
          ],
        }),
      },
    ],
  };
}

export function memory(results: Results): Section {
  const runs = (['isolated', 'threads'] as const).map((name) => ({
    endpoint: ENDPOINT_NAMES[name],
    result: resultOf(results, `soak-${name}`),
  }));
  const [isolated, threads] = runs as [(typeof runs)[number], (typeof runs)[number]];
  return {
    title: 'Memory of server and workers',
    text: `Soak: ${isolated.result.settings.maxVus} users for ${isolated.result.settings.steady}. Means of two parts of the run, after the models were loaded and before users left:

${table(
  ['endpoint', 'server, early', 'server, late', 'workers, early', 'workers, late'],
  runs.map(({ endpoint, result }) => [
    `\`${endpoint}\``,
    ...([EARLY, LATE] as const).map((part) => megabytes(meanBetween(result, part, parentBytesOf))),
    ...([EARLY, LATE] as const).map((part) => megabytes(meanBetween(result, part, workersBytesOf))),
  ]),
)}

On threads the models, and whatever a native library keeps, are in the server; isolated, they are in workers that are
replaced. The workers of the second run stand idle.`,
    pictures: [
      {
        name: 'memory-soak',
        alt: 'Resident memory of server and workers over the soak runs of both endpoints.',
        svg: drawLines({
          title: 'Soak: resident memory',
          x: { name: 'since the start', quantity: 'seconds' },
          left: { name: 'memory', quantity: 'bytes' },
          lines: [
            serviceLine('isolated: server', isolated.result.samples, parentBytesOf),
            serviceLine('isolated: workers', isolated.result.samples, workersBytesOf),
            serviceLine('threads: server', threads.result.samples, parentBytesOf),
          ],
        }),
      },
    ],
  };
}

export function recycling(results: Results): Section {
  const result = resultOf(results, 'recycle-isolated');
  const { answered, failed, rejected, workerRecycles, answerMs } = summaryOf(
    results,
    'recycle-isolated',
  );
  return {
    title: 'Replacing workers under load',
    text: `\`PROCESS_MAX_TASKS=5\` replaces each worker after five recordings, twenty times as often as by default. At ${result.settings.maxRate} requests a second ${workerRecycles ?? 0} workers were replaced while ${answered} requests were answered; ${failed} failed and ${rejected} were turned away. Median ${seconds(answerMs?.median)}, p99 ${seconds(answerMs?.p99)}.`,
    pictures: [],
  };
}
