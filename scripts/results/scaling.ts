/** How the service uses cores: workers of one instance, and instances. */
import { drawBars } from '../charts/bar-chart.ts';
import { peak, steadyRate } from './figures.ts';
import { megabytes, percent, resultOf, seconds, summaryOf, table } from './section.ts';
import type { Results, Section } from './section.ts';
import { WORKER_COUNTS } from './trials.ts';

export function workers(results: Results): Section {
  const runs = WORKER_COUNTS.map((count) => ({ count, id: `workers-${count}` }));
  return {
    title: 'How many workers',
    text: `${resultOf(results, 'workers-1').settings.maxVus} users who never wait, so that no worker is idle, and an instance that may use both cores. Rates are of the time when all of them were there.

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
    const { audioSeconds, answered, transcribeMs, answerMs } = summaryOf(results, id);
    const rate = busyRate(results, id);
    const bytes = peak(resultOf(results, id), (each) => each.parentBytes + each.workersBytes);
    return [
      String(count),
      rate.toFixed(2),
      ((rate * audioSeconds) / answered).toFixed(1),
      seconds(transcribeMs?.median),
      seconds(answerMs?.median),
      megabytes(bytes),
    ];
  }),
)}

The embedded engine computes on the core it runs on: more workers than cores share those, so that each answer takes longer
and memory grows with every one. The default is one worker a core. Engines that wait for somebody else's machine are
another matter: there it is 12.`,
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
              values: runs.map(({ id }) => busyRate(results, id)),
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
  const ratio = busyRate(results, two.id) / busyRate(results, one.id);
  const again = busyRate(results, 'workers-2') / busyRate(results, one.id);
  return {
    title: 'One instance of two cores, or two of one',
    text: `The same load on the same two cores, each instance kept to its own; users take the instances in turn.

${table(
  ['', 'answers/s', 'median', 'p95', 'p99', 'server and workers, peak'],
  rows.map(({ name, id, summary: { answerMs } }) => [
    name,
    busyRate(results, id).toFixed(2),
    seconds(answerMs?.median),
    seconds(answerMs?.p95),
    seconds(answerMs?.p99),
    megabytes(peak(resultOf(results, id), (each) => each.parentBytes + each.workersBytes)),
  ]),
)}

Two instances gave ${percent(ratio)} of the throughput of one; one like the first, measured again as \`workers-2\`, gave
${percent(again)}, so as much is noise. Two have two servers in memory and two queues, and each survives the end of the other:
choose by what may fail together, not for speed. Three instances were not compared with one: this machine has two cores.`,
    pictures: [],
  };
}

/** Answers a second while no worker was idle. */
function busyRate(results: Results, id: string): number {
  const rate = steadyRate(resultOf(results, id));
  if (rate === null) throw new Error(`docs/results/${id}.json has no samples: measure it again`);
  return rate;
}
