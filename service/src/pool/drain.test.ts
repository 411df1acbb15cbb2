import { describe, expect, it } from 'vitest';
import type { Act, Done } from './fixtures/actor.ts';
import { observedPool, rejection, until } from './fixtures/harness.ts';
import { PoolDraining, WorkerCrashed } from './index.ts';

const actors = (options: Partial<Parameters<typeof observedPool>[1]> = {}) =>
  observedPool<Act, Done, number>('actor', { size: 1, ...options });

describe('drain', () => {
  it('lets running tasks finish, answers waiting ones, refuses new ones, leaves no process', async () => {
    const { pool, eventsOf } = actors({ size: 2 });
    await pool.start();
    const act = { sleepMs: 200, leavesTimer: true };
    const running = [pool.run(act), pool.run(act)];
    const waiting = pool.run({});
    const drained = pool.drain(20_000);
    expect(pool.ready).toBe(false);
    expect(await rejection(waiting)).toBeInstanceOf(PoolDraining);
    expect(await rejection(pool.run({}))).toBeInstanceOf(PoolDraining);
    await expect(Promise.all(running)).resolves.toHaveLength(2);
    await drained;
    expect(pool.snapshot()).toMatchObject({ state: 'closed', workers: [] });
    expect(eventsOf('draining')).toMatchObject([{ running: 2, dropped: 1 }]);
    expect(eventsOf('closed')).toHaveLength(1);
    expect(eventsOf('worker-exited')).toMatchObject([
      { exitCode: 0, expected: true },
      { exitCode: 0, expected: true },
    ]);
  });

  it('is idempotent: the first call counts', async () => {
    const { pool, eventsOf } = actors();
    await pool.start();
    const first = pool.drain(20_000);
    expect(pool.drain(0)).toBe(first);
    await first;
    await pool.drain();
    await pool.close();
    expect(eventsOf('closed')).toHaveLength(1);
  });

  it('ends a task that is over the grace: the caller is answered, the process killed', async () => {
    const { pool, eventsOf } = actors();
    await pool.start();
    const stuck = rejection(pool.run({ spinMs: 60_000 }));
    await until(() => pool.snapshot().states.busy === 1, 'the task to run');
    await pool.drain(100);
    expect(await stuck).toBeInstanceOf(PoolDraining);
    expect(eventsOf('worker-exited')).toMatchObject([{ signal: 'SIGKILL', expected: true }]);
  });

  it('asks first: a task that listens to its signal ends by itself', async () => {
    const { pool, eventsOf } = actors();
    await pool.start();
    const run = rejection(pool.run({ awaitSignal: true, progressEveryMs: 5, sleepMs: 5 }));
    await until(() => pool.snapshot().states.busy === 1, 'the task to run');
    await Bun.sleep(50);
    await pool.drain(50);
    expect(await run).toBeInstanceOf(PoolDraining);
    expect(eventsOf('worker-exited')).toMatchObject([{ exitCode: 0, signal: undefined }]);
  });

  it('turns immediate when close() is called', async () => {
    const { pool } = actors();
    await pool.start();
    const stuck = rejection(pool.run({ spinMs: 60_000 }));
    const drained = pool.drain(60_000);
    await pool.close();
    await drained;
    expect(await stuck).toBeInstanceOf(PoolDraining);
  });

  it('ends workers that are still starting and the wait for them', async () => {
    const { pool } = actors({ size: 2 });
    const started = rejection(pool.start());
    await pool.drain();
    expect(await started).toBeInstanceOf(PoolDraining);
  });

  it('of a pool that never started is done at once', async () => {
    const { pool } = actors();
    await pool.drain();
    expect(pool.snapshot().state).toBe('closed');
  });

  it('does not try a crashed task again', async () => {
    const { pool } = actors();
    await pool.start();
    const run = rejection(pool.run({ sleepMs: 100, exit: 2 }));
    await pool.drain(20_000);
    expect(await run).toBeInstanceOf(WorkerCrashed);
    expect(pool.snapshot().counters).toMatchObject({ retries: 0, workersStarted: 1 });
  });
});
