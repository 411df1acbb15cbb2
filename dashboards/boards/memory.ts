/** Board: does memory leak, and does isolation keep the leak out of the server? */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { METRICS } from '../../service/src/contract.ts';
import { CONFIG } from '../config.ts';
import { createBoard } from '../lib/board.ts';
import { BOARD_PODS, CONTAINER_METRICS, CPU_QUERIES, memoryLimit } from '../lib/container.ts';
import { stat, timeseries } from '../lib/panels.ts';
import { BOARD, increase, max, rate, select, sum } from '../lib/promql.ts';

const memory = (...matchers: string[]) => select(BOARD, METRICS.processMemory, ...matchers);
const SERVER = 'process="parent"';
const WORKERS = 'process="workers"';
const limit = memoryLimit(BOARD_PODS, ['pod']);
const working = max(select(BOARD_PODS, CONTAINER_METRICS.memory), ['pod']);

/** Bytes an hour; a quarter of an hour is long enough to see past single requests and recycles. */
const growth = (by: readonly string[], ...matchers: string[]) =>
  max(`3600 * deriv(${memory(...matchers)}[15m])`, by);

const OF_LIMIT = [
  { value: 0.75, colour: 'yellow' },
  { value: CONFIG.memoryShare, colour: 'red' },
] as const;

const glance = [
  stat({
    title: 'Server',
    description:
      'Resident bytes of the server process, highest instance. Good: flat over days, whatever the workers do.',
    unit: units.BytesIEC,
    queries: [{ expr: max(memory(SERVER)), legend: 'server' }],
  }),
  stat({
    title: 'Workers',
    description:
      'Resident bytes of all workers of one instance, highest instance. Good: rises and falls with recycles.',
    unit: units.BytesIEC,
    queries: [{ expr: max(memory(WORKERS)), legend: 'workers' }],
  }),
  stat({
    title: 'Of the limit',
    description: `Working set over the container's memory limit, highest pod. Good: below 75 %. The alert SttMemoryNearLimit stands at ${CONFIG.memoryShare * 100} %; no data without cAdvisor or without a limit.`,
    unit: units.PercentUnit,
    thresholds: OF_LIMIT,
    queries: [{ expr: max(`${working} / ${limit}`), legend: 'of the limit' }],
  }),
  stat({
    title: 'Growth of the server',
    description:
      'Bytes an hour the server process gains, over 15 minutes, highest instance. Good: around zero. Steadily above 50 MiB an hour: a leak in the server.',
    unit: units.BytesIEC,
    thresholds: [
      { value: 50 * 2 ** 20, colour: 'yellow' },
      { value: 200 * 2 ** 20, colour: 'red' },
    ],
    queries: [{ expr: growth([], SERVER), legend: 'an hour' }],
  }),
];

const leak = [
  timeseries({
    title: 'Memory by instance against its limit',
    description:
      'Server and workers of each instance, and the limit of its pod. Good: a sawtooth well below the limit. A ramp up to the limit and a fall to nothing: leak, kill, restart.',
    unit: units.BytesIEC,
    span: 24,
    queries: [
      { expr: sum(memory(), ['instance']), legend: '{{instance}}' },
      { expr: limit, legend: 'limit {{pod}}' },
    ],
  }),
  timeseries({
    title: 'Server against workers',
    description:
      'Resident bytes of the server process and of all its workers. Good: a leak shows in the workers, as a sawtooth, and the server stays flat: that is isolation at work.',
    unit: units.BytesIEC,
    queries: [
      { expr: max(memory(SERVER), ['instance']), legend: 'server {{instance}}' },
      { expr: max(memory(WORKERS), ['instance']), legend: 'workers {{instance}}' },
    ],
  }),
  timeseries({
    title: 'Growth of the server',
    description:
      'Bytes an hour the server process gains, over 15 minutes. Good: around zero. Above zero for hours: threads and main thread leak, or the server does.',
    unit: units.BytesIEC,
    queries: [{ expr: growth(['instance'], SERVER), legend: '{{instance}}' }],
  }),
  timeseries({
    title: 'Memory per slot',
    description:
      'Resident bytes of each worker process. Good: falls at each recycle, below PROCESS_MAX_RSS_MB. The steeper the teeth, the bigger the leak of one task.',
    unit: units.BytesIEC,
    queries: [
      {
        expr: max(select(BOARD, METRICS.poolWorkerMemory), ['instance', 'slot']),
        legend: '{{instance}} {{slot}}',
      },
    ],
  }),
  timeseries({
    title: 'Recycles for memory',
    description:
      'Worker processes replaced because of memory. Good: none; `memory_ahead` could have passed the hard limit with its next task, `memory_hard` was killed with one, `idle_memory` kept too much while idle.',
    unit: units.Short,
    bars: true,
    stacked: true,
    queries: [
      {
        expr: sum(increase(BOARD, METRICS.poolRecycles, 'reason=~".*memory.*"'), ['reason']),
        legend: '{{reason}}',
      },
    ],
  }),
];

const ends = [
  timeseries({
    title: 'Restarts by instance',
    description:
      'Starts of the server process. Good: only at deployments. Read with the ramp above: restarts at its top are kills.',
    unit: units.Short,
    bars: true,
    queries: [
      {
        expr: sum(`changes(${select(BOARD, 'process_start_time_seconds')}[$__rate_interval])`, [
          'instance',
        ]),
        legend: '{{instance}}',
      },
    ],
  }),
  timeseries({
    title: 'Killed for memory by pod',
    description:
      '1 while the last end of the container was OOMKilled. Good: 0. Needs kube-state-metrics. Kills of single workers are SIGKILL in "Crashes by signal" of board Pool.',
    unit: units.Short,
    decimals: 0,
    thresholds: [{ value: 1, colour: 'red' }],
    queries: [
      {
        expr: max(select(BOARD_PODS, CONTAINER_METRICS.terminated, 'reason="OOMKilled"'), ['pod']),
        legend: '{{pod}}',
      },
    ],
  }),
  timeseries({
    title: 'CPU',
    description:
      'Cores in use by the server process, and by the whole container with its workers. Good: the server far below one core, for all requests pass its one thread.',
    unit: units.Short,
    queries: CPU_QUERIES,
  }),
  timeseries({
    title: 'CPU throttling by pod',
    description:
      'Share of scheduler periods in which the container was held at its CPU limit. Good: below 25 %; above, transcriptions are slow without a reason of their own.',
    unit: units.PercentUnit,
    max: 1,
    thresholds: [{ value: 0.25, colour: 'yellow' }],
    queries: [
      {
        expr: `${sum(rate(BOARD_PODS, CONTAINER_METRICS.throttled), ['pod'])} / ${sum(rate(BOARD_PODS, CONTAINER_METRICS.periods), ['pod'])}`,
        legend: '{{pod}}',
      },
    ],
  }),
];

const inside = [
  timeseries({
    title: 'Heap of the server',
    description:
      'JavaScript heap in use, and all resident bytes. Good: both flat. Heap flat and resident bytes rising: native memory, which no heap snapshot shows.',
    unit: units.BytesIEC,
    queries: [
      {
        expr: max(select(BOARD, 'nodejs_heap_size_used_bytes'), ['instance']),
        legend: 'heap {{instance}}',
      },
      {
        expr: max(select(BOARD, 'process_resident_memory_bytes'), ['instance']),
        legend: 'resident {{instance}}',
      },
    ],
  }),
  timeseries({
    title: 'Event loop lag',
    description:
      'Seconds the main thread was late, P99. Good: below 0.1 s. Seconds: something works on the main thread, as /transcriptions/sync does.',
    unit: units.Seconds,
    thresholds: [{ value: 0.1, colour: 'yellow' }],
    queries: [
      {
        expr: max(select(BOARD, 'nodejs_eventloop_lag_p99_seconds'), ['instance']),
        legend: '{{instance}}',
      },
    ],
  }),
  timeseries({
    title: 'Open file descriptors',
    description:
      'Of the server process. Good: flat between loads; a ramp is a leak of files or sockets.',
    unit: units.Short,
    decimals: 0,
    queries: [
      { expr: max(select(BOARD, 'process_open_fds'), ['instance']), legend: '{{instance}}' },
    ],
  }),
];

export const memoryBoard = createBoard({
  uid: 'stt-memory',
  title: 'Speech to text / Memory',
  description: 'Does memory leak, and does isolation keep the leak out of the server?',
  rows: [
    { title: 'At a glance', panels: glance },
    { title: 'Leak against isolation', panels: leak },
    { title: 'Kills and CPU', panels: ends },
    { title: 'Inside the server process', collapsed: true, panels: inside },
  ],
});
