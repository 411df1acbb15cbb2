/** Board: do the worker processes keep up, and do they stay alive? */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { METRICS } from '../../service/src/contract.ts';
import { CONFIG } from '../config.ts';
import { createBoard } from '../lib/board.ts';
import { stat, timeseries } from '../lib/panels.ts';
import { percentiles } from '../lib/percentiles.ts';
import { BOARD, increase, max, rate, select, share, sum } from '../lib/promql.ts';

const workers = (...matchers: string[]) => select(BOARD, METRICS.poolWorkers, ...matchers);
const size = (...by: string[]) => sum(select(BOARD, METRICS.poolSize), by);
const depth = (...by: string[]) => sum(select(BOARD, METRICS.poolQueueDepth), by);
const busyRatio = (...by: string[]) => share(sum(workers('state="busy"'), by), size(...by));
const counted = (metric: string, ...by: string[]) => sum(increase(BOARD, metric), by);

const BUSY = [
  { value: 0.8, colour: 'yellow' },
  { value: 0.95, colour: 'red' },
] as const;

const glance = [
  stat({
    title: 'Busy',
    description:
      'Workers with a task, of all. Good: below 80 %. At 100 % requests wait: add instances or PROCESS_POOL_SIZE.',
    unit: units.PercentUnit,
    thresholds: BUSY,
    queries: [{ expr: busyRatio(), legend: 'busy' }],
  }),
  stat({
    title: 'Waiting tasks per worker',
    description: `Queue depth over pool size. Good: below 1. The alert SttQueueSaturated stands at ${CONFIG.queuedPerWorker}.`,
    unit: units.Short,
    decimals: 1,
    thresholds: [
      { value: 1, colour: 'yellow' },
      { value: CONFIG.queuedPerWorker, colour: 'red' },
    ],
    queries: [{ expr: share(depth(), size()), legend: 'waiting' }],
  }),
  stat({
    title: 'Crashes in 15 minutes',
    description:
      'Worker processes that died with a task, on the worst instance. Good: 0. Their stderr is in the log line "a worker process crashed".',
    unit: units.Short,
    decimals: 0,
    thresholds: [
      { value: 1, colour: 'yellow' },
      { value: CONFIG.crashesPerLoop, colour: 'red' },
    ],
    queries: [
      {
        expr: max(sum(increase({ ...BOARD, window: '15m' }, METRICS.poolCrashes), ['instance'])),
        legend: 'crashes',
      },
    ],
  }),
  stat({
    title: 'Failed starts in 15 minutes',
    description:
      'Worker processes that died before they were ready, on the worst instance. Good: 0. Five in a row take the instance out.',
    unit: units.Short,
    decimals: 0,
    thresholds: [
      { value: 1, colour: 'yellow' },
      { value: CONFIG.bootFailures, colour: 'red' },
    ],
    queries: [
      {
        expr: max(
          sum(increase({ ...BOARD, window: '15m' }, METRICS.poolBootFailures), ['instance']),
        ),
        legend: 'failed starts',
      },
    ],
  }),
];

const load = [
  timeseries({
    title: 'Workers by state',
    description:
      'Worker processes, and how many the pools aim for. Good: idle ones are left; long `starting` means that engines load slowly or die.',
    unit: units.Short,
    decimals: 0,
    stacked: true,
    queries: [{ expr: sum(workers(), ['state']), legend: '{{state}}' }],
  }),
  timeseries({
    title: 'Busy ratio by instance',
    description:
      'Workers with a task, of all. Good: alike on all instances and below 80 %; unlike: the load balancer.',
    unit: units.PercentUnit,
    max: 1,
    thresholds: BUSY,
    queries: [{ expr: busyRatio('instance'), legend: '{{instance}}' }],
  }),
  timeseries({
    title: 'Queue depth by instance',
    description:
      'Tasks that wait for a worker. Good: short spikes. A plateau: more work arrives than the workers can do.',
    unit: units.Short,
    decimals: 0,
    queries: [
      { expr: depth('instance'), legend: '{{instance}}' },
      { expr: size(), legend: 'workers in all' },
    ],
  }),
  timeseries({
    title: 'Queue wait',
    description:
      'Seconds a task waited for a worker. Good: P95 under a second. Requests that would wait over PROCESS_QUEUE_TIMEOUT are refused at once.',
    unit: units.Seconds,
    queries: percentiles(METRICS.poolQueueWait),
  }),
  timeseries({
    title: 'Task duration',
    description:
      'Seconds a worker spent on one task. Good: follows the length of recordings; P99 at PROCESS_TIMEOUT means hanging tasks.',
    unit: units.Seconds,
    queries: percentiles(METRICS.poolTaskDuration),
  }),
  timeseries({
    title: 'Refused by reason',
    description:
      'Tasks a second that never ran. Good: none. `queue_full`, `queue_timeout`: too much work; `pool_unavailable`: workers do not start; `pool_draining`: a deployment.',
    unit: units.RequestsPerSecond,
    stacked: true,
    queries: [{ expr: sum(rate(BOARD, METRICS.poolRejected), ['reason']), legend: '{{reason}}' }],
  }),
];

const lives = [
  timeseries({
    title: 'Timeouts and retries',
    description:
      'Tasks killed at their deadline, and tasks run again after a crash. Good: none; a timeout without load is a recording that hangs the engine.',
    unit: units.Short,
    bars: true,
    queries: [
      { expr: counted(METRICS.poolTimeouts), legend: 'timeouts' },
      { expr: counted(METRICS.poolRetries), legend: 'retries' },
    ],
  }),
  timeseries({
    title: 'Crashes by signal',
    description:
      'Worker processes that died with a task. Good: none. SIGKILL: out of memory (board Memory); SIGSEGV, SIGABRT: native code; none: it left by itself.',
    unit: units.Short,
    bars: true,
    queries: [{ expr: counted(METRICS.poolCrashes, 'signal'), legend: '{{signal}}' }],
  }),
  timeseries({
    title: 'Recycles by reason',
    description:
      'Worker processes replaced as planned. Good: mostly `tasks` or `age`. Much `memory`, any `memory_ahead` or `memory_hard`: a leak fills workers before their turn.',
    unit: units.Short,
    bars: true,
    stacked: true,
    queries: [{ expr: counted(METRICS.poolRecycles, 'reason'), legend: '{{reason}}' }],
  }),
  timeseries({
    title: 'Failed starts by instance',
    description:
      'Worker processes that died before they were ready. Good: none; on one instance only: its node, on all: the release.',
    unit: units.Short,
    bars: true,
    queries: [{ expr: counted(METRICS.poolBootFailures, 'instance'), legend: '{{instance}}' }],
  }),
  timeseries({
    title: 'Worker start time',
    description:
      'From spawn to ready. Good: a second or two, far shorter than the life of a worker; longer: CPU limits or a cold disk.',
    unit: units.Seconds,
    queries: percentiles(METRICS.poolWorkerStart),
  }),
  timeseries({
    title: 'Memory per slot',
    description:
      'Resident bytes of each worker process. Good: a sawtooth that falls at each recycle, below PROCESS_MAX_RSS_MB.',
    unit: units.BytesIEC,
    queries: [
      {
        expr: max(select(BOARD, METRICS.poolWorkerMemory), ['instance', 'slot']),
        legend: '{{instance}} {{slot}}',
      },
    ],
  }),
];

export const pool = createBoard({
  uid: 'stt-pool',
  title: 'Speech to text / Pool',
  description: 'Do the worker processes keep up, and do they stay alive?',
  rows: [
    { title: 'At a glance', panels: glance },
    { title: 'Work', panels: load },
    { title: 'Lives of workers', panels: lives },
  ],
});
