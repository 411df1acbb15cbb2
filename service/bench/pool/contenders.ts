/** Our pool, the peers and the floors. */
import type { ClusterPoolOptions } from 'poolifier';
import { workerPath } from './contender.ts';
import type { StartContender } from './contender.ts';
import { floor, floorPipelined } from './floors.ts';

/** Every safety on: recycling by count, age and memory, deadlines, wait limit, caps, events. */
const ours: StartContender = async (workers) => {
  const { createPool } = await import('../../src/pool/index.ts');
  let events = 0;
  const pool = createPool<{ value: number }, number>({
    entry: workerPath('ours.ts'),
    size: workers,
    maxTasks: 1_000_000,
    maxAgeMs: 3_600_000,
    maxRssBytes: 1024 ** 3,
    idleRecycleMs: 60_000,
    taskTimeoutMs: 300_000,
    queue: { maxCount: 256, maxBytes: 1024 ** 3, maxWaitMs: 60_000, shortCostMs: 30_000 },
    onEvent: () => void (events += 1),
  });
  await pool.start();
  return {
    run: async (value) => (await pool.run({ value }, { costMs: 1, bytes: 100 })).reply,
    stop: () => pool.close(),
  };
};

/** Its default sends a worker every task at once; a kill loses all that were sent. */
const poolifier: StartContender = (workers) => startPoolifier(workers, {});

/** With its tasks queue a worker holds one task at a time: the same promise as ours. */
const poolifierQueue: StartContender = (workers) =>
  startPoolifier(workers, {
    enableTasksQueue: true,
    tasksQueueOptions: {
      concurrency: 1,
      taskStealing: false,
      tasksStealingOnBackPressure: false,
    },
  });

async function startPoolifier(
  workers: number,
  options: ClusterPoolOptions,
): ReturnType<StartContender> {
  const { FixedClusterPool } = await import('poolifier');
  const pool = new FixedClusterPool<{ value: number }, number>(
    workers,
    workerPath('poolifier.js'),
    options,
  );
  return { run: (value) => pool.execute({ value }), stop: () => pool.destroy() };
}

const jestWorker: StartContender = async (workers) => {
  const { Worker } = await import('jest-worker');
  const pool = new Worker(workerPath('jest-worker.cjs'), {
    numWorkers: workers,
    exposedMethods: ['echo'],
  }) as InstanceType<typeof Worker> & { echo(value: number): Promise<number> };
  return {
    run: (value) => pool.echo(value),
    async stop() {
      await pool.end();
    },
  };
};

const tinypool: StartContender = async (workers) => {
  const { Tinypool } = await import('tinypool');
  const pool = new Tinypool({
    filename: workerPath('module.mjs'),
    runtime: 'child_process',
    minThreads: workers,
    maxThreads: workers,
  });
  return { run: (value) => pool.run(value) as Promise<number>, stop: () => pool.destroy() };
};

const piscina: StartContender = async (workers) => {
  const { Piscina } = await import('piscina');
  const pool = new Piscina<number, number>({
    filename: workerPath('module.mjs'),
    minThreads: workers,
    maxThreads: workers,
  });
  return { run: (value) => pool.run(value), stop: () => pool.destroy() };
};

export const CONTENDERS = {
  floor,
  'floor-pipelined': floorPipelined,
  ours,
  poolifier,
  'poolifier-queue': poolifierQueue,
  'jest-worker': jestWorker,
  tinypool,
  piscina,
};
export type ContenderName = keyof typeof CONTENDERS;
