/** How the service uses cores: workers of one instance, and instances. */
import { drawBars } from '../charts/bar-chart.ts';
import { peak } from './figures.ts';
import { megabytes, percent, resultOf, seconds, summaryOf, table } from './section.ts';
import type { Results, Section } from './section.ts';
import { WORKER_COUNTS } from './trials.ts';

export function workers(results: Results): Section {
  const runs = WORKER_COUNTS.map((count) => ({ count, id: `workers-${count}` }));
  return {
    title: 'How many workers',
    text: `${resultOf(results, 'workers-1').settings.maxVus} users who never wait, so that no worker is idle, and an instance that may use both cores.

${table(
  [
    'workers',
    'answers/s',
    'seconds of audio/s',
    'median at the engine',
    'median answer',
    'server and workers, peak',
  ],
  runs.map(({ count, id }) => {
    const { answeredPerSecond, audioSecondsPerSecond, transcribeMs, answerMs } = summaryOf(
      results,
      id,
    );
    const bytes = peak(resultOf(results, id), (each) => each.parentBytes + each.workersBytes);
    return [
      String(count),
      answeredPerSecond.toFixed(2),
      audioSecondsPerSecond.toFixed(1),
      seconds(transcribeMs?.median),
      seconds(answerMs?.median),
      megabytes(bytes),
    ];
  }),
)}

The embedded engine computes on the core it runs on: more workers than cores share those, so that each answer takes longer
and memory grows with every one. The default is one worker a core. Engines that wait for somebody else's machine are
another matter: there it is ${12}.`,
    pictures: [
      {
        name: 'workers-throughput',
        alt: 'Answers a second for 1, 2, 4, 8 and 12 workers on two cores.',
        svg: drawBars({
          title: 'Answers a second by number of workers, two cores',
          quantity: 'perSecond',
          categories: runs.map(({ count }) => `${count} ${count === 1 ? 'worker' : 'workers'}`),
          series: [
            {
              name: 'answers',
              values: runs.map(({ id }) => summaryOf(results, id).answeredPerSecond),
            },
          ],
        }),
      },
    ],
  };
}

export function instances(results: Results): Section {
  const rows = (
    [
      ['one instance, two cores, two workers', 'one-instance'],
      ['two instances, a core and a worker each', 'two-instances'],
    ] as const
  ).map(([name, id]) => ({ name, id, summary: summaryOf(results, id) }));
  const [one, two] = rows as [(typeof rows)[number], (typeof rows)[number]];
  const ratio = two.summary.answeredPerSecond / one.summary.answeredPerSecond;
  return {
    title: 'One instance of two cores, or two of one',
    text: `The same load on the same two cores, each instance kept to its own; users take the instances in turn.

${table(
  ['', 'answers/s', 'median', 'p95', 'p99', 'server and workers, peak'],
  rows.map(({ name, id, summary: { answeredPerSecond, answerMs } }) => [
    name,
    answeredPerSecond.toFixed(2),
    seconds(answerMs?.median),
    seconds(answerMs?.p95),
    seconds(answerMs?.p99),
    megabytes(peak(resultOf(results, id), (each) => each.parentBytes + each.workersBytes)),
  ]),
)}

Two instances gave ${percent(ratio)} of the throughput of one. One instance has one queue for both cores, so no core is
idle while something waits; two have two servers in memory, and each core waits with its own. For the same cores, fewer
and larger pods; more pods for failures of a node and for updates. Three pods were not compared with one: this machine has
two cores.`,
    pictures: [],
  };
}
