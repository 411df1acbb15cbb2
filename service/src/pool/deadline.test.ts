import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Act, Done } from './fixtures/actor.ts';
import { isAlive, observedPool, rejection, until } from './fixtures/harness.ts';
import { QueueFull, QueueTimeout, TaskAborted, TaskTimeout } from './index.ts';

const actors = (options: Partial<Parameters<typeof observedPool>[1]> = {}) =>
  observedPool<Act, Done, number>('actor', { size: 1, ...options });

describe('a deadline', () => {
  it('ends a task in a synchronous loop, kills its process and refills the slot at once', async () => {
    const { pool, events, eventsOf } = actors({ taskTimeoutMs: 150 });
    await pool.start();
    const error = await rejection(pool.run({ spinMs: 30_000 }));
    expect(error).toBeInstanceOf(TaskTimeout);
    expect(error).toMatchObject({ kind: 'deadline', limitMs: 150 });
    expect((error as TaskTimeout).elapsedMs).toBeGreaterThanOrEqual(150);
    // The replacement is on its way although the old process has not been reaped yet.
    expect(pool.snapshot().states).toMatchObject({ starting: 1 });
    await expect(pool.run({ sleepMs: 10 })).resolves.toBeDefined();
    expect(eventsOf('timeout')).toMatchObject([{ kind: 'deadline', slot: 0 }]);
    expect(eventsOf('retry')).toEqual([]);
    expect(eventsOf('crash')).toEqual([]);
    await until(() => eventsOf('worker-exited').length === 1, 'the exit');
    expect(eventsOf('worker-exited')).toMatchObject([{ signal: 'SIGKILL', expected: true }]);
    expect(events.map(({ type }) => type)).toContain('worker-ready');
  });

  it('takes the grandchildren along', async () => {
    const { pool } = actors({ taskTimeoutMs: 200 });
    let grandchild = 0;
    const run = pool.run(
      { grandchild: true, spinMs: 30_000 },
      { onProgress: (pid) => (grandchild = pid) },
    );
    await rejection(run);
    expect(grandchild).toBeGreaterThan(0);
    await until(() => !isAlive(grandchild), 'the grandchild to be gone');
  });

  it('is not moved by progress alone', async () => {
    const { pool } = actors({ taskTimeoutMs: 200 });
    const error = await rejection(pool.run({ sleepMs: 30_000, progressEveryMs: 20 }));
    expect(error).toMatchObject({ code: 'task_timeout', kind: 'deadline' });
  });

  it('grows to the size that the task reports', async () => {
    const { pool } = actors({ taskTimeoutMs: 200 });
    const run = pool.run({ extendMs: 20_000, sleepMs: 500, progressEveryMs: 20 });
    await expect(run).resolves.toMatchObject({ attempts: 1 });
  });

  it('still ends a task that reported its size and then went silent', async () => {
    const { pool } = actors({ taskTimeoutMs: 200 });
    const error = await rejection(pool.run({ extendMs: 60_000, sleepMs: 30_000 }));
    expect(error).toMatchObject({ code: 'task_timeout', kind: 'stall', limitMs: 200 });
  });

  it('is not inherited by the next task of the same worker', async () => {
    const { pool } = actors({ taskTimeoutMs: 300 });
    for (let round = 0; round < 6; round += 1) await pool.run({ sleepMs: 100 });
    expect(pool.snapshot().counters.workersStarted).toBe(1);
  });

  it('can be switched off', async () => {
    const { pool } = actors({ taskTimeoutMs: 0 });
    await expect(pool.run({ sleepMs: 50 })).resolves.toBeDefined();
  });
});

describe('an abort', () => {
  it('before run() is answered without starting anything', async () => {
    const { pool, eventsOf } = actors();
    await pool.start();
    const reason = new Error('gone');
    const error = await rejection(pool.run({}, { signal: AbortSignal.abort(reason) }));
    expect(error).toBeInstanceOf(TaskAborted);
    expect((error as TaskAborted).cause).toBe(reason);
    expect(eventsOf('task-started')).toEqual([]);
    expect(pool.snapshot().counters.settled.task_aborted).toBe(1);
  });

  it('of a running task kills it, answers at once and refills the slot', async () => {
    const { pool, eventsOf } = actors();
    await pool.start();
    const controller = new AbortController();
    const run = pool.run({ spinMs: 30_000 }, { signal: controller.signal });
    await until(() => pool.snapshot().states.busy === 1, 'the task to run');
    const pid = pool.snapshot().workers[0]?.pid ?? 0;
    const abortedAt = performance.now();
    controller.abort();
    expect(await rejection(run)).toBeInstanceOf(TaskAborted);
    expect(performance.now() - abortedAt).toBeLessThan(1_000);
    await until(() => !isAlive(pid), 'the worker to be gone');
    await expect(pool.run({})).resolves.toBeDefined();
    expect(eventsOf('crash')).toEqual([]);
  });

  it('of a queued task touches no other one', async () => {
    const { pool } = actors();
    await pool.start();
    const controller = new AbortController();
    const first = pool.run({ sleepMs: 150 });
    const second = pool.run({ sleepMs: 1 }, { signal: controller.signal });
    const third = pool.run({ sleepMs: 1 });
    controller.abort();
    expect(await rejection(second)).toBeInstanceOf(TaskAborted);
    expect(pool.snapshot().queue.depth).toBe(1);
    await expect(Promise.all([first, third])).resolves.toHaveLength(2);
    expect(pool.snapshot().counters.workersStarted).toBe(1);
  });

  it('of the queued, then the running task leaves the one behind them working (piscina #805)', async () => {
    const { pool } = actors();
    await pool.start();
    const running = new AbortController();
    const queued = new AbortController();
    const first = pool.run({ spinMs: 30_000 }, { signal: running.signal });
    const second = pool.run({}, { signal: queued.signal });
    const third = pool.run({});
    queued.abort();
    running.abort();
    expect(await rejection(first)).toBeInstanceOf(TaskAborted);
    expect(await rejection(second)).toBeInstanceOf(TaskAborted);
    await expect(third).resolves.toBeDefined();
  });

  it('from inside onStart is safe', async () => {
    const { pool } = actors();
    const controller = new AbortController();
    const options = { signal: controller.signal, onStart: () => controller.abort() };
    expect(await rejection(pool.run({ sleepMs: 5_000 }, options))).toBeInstanceOf(TaskAborted);
    await expect(pool.run({})).resolves.toBeDefined();
  });

  it('after the answer changes nothing', async () => {
    const { pool } = actors();
    const controller = new AbortController();
    await pool.run({}, { signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    await expect(pool.run({})).resolves.toBeDefined();
    expect(pool.snapshot().counters.workersStarted).toBe(1);
  });
});

describe('the queue of a pool', () => {
  it('refuses at once when it is full', async () => {
    const { pool, eventsOf } = actors({ queue: { maxCount: 1 } });
    await pool.start();
    const running = pool.run({ sleepMs: 100 });
    const queued = pool.run({});
    expect(await rejection(pool.run({}))).toBeInstanceOf(QueueFull);
    expect(eventsOf('rejected')).toMatchObject([{ reason: 'queue_full' }]);
    await Promise.all([running, queued]);
  });

  it('lets nobody wait longer than its limit', async () => {
    const { pool, eventsOf } = actors({ queue: { maxCount: 9, maxWaitMs: 100 } });
    await pool.start();
    const running = pool.run({ sleepMs: 600 });
    const error = await rejection(pool.run({}));
    expect(error).toBeInstanceOf(QueueTimeout);
    expect(error).toMatchObject({ phase: 'waiting', maxWaitMs: 100 });
    expect(eventsOf('rejected')).toMatchObject([{ reason: 'queue_timeout' }]);
    await running;
  });

  it('refuses at once, with a hint, what measured times say would wait too long', async () => {
    const { pool } = actors({ queue: { maxCount: 99, maxWaitMs: 1_000 } });
    await pool.run({ sleepMs: 200 }, { costMs: 100 });
    const running = pool.run({ sleepMs: 200 }, { costMs: 100 });
    const queued = [1, 2, 3, 4].map(() => pool.run({ sleepMs: 1 }, { costMs: 100 }));
    const late = Array.from({ length: 4 }, () => rejection(pool.run({}, { costMs: 100 })));
    const error = await late.at(-1);
    expect(error).toMatchObject({ code: 'queue_timeout', phase: 'admission' });
    expect((error as QueueTimeout).retryAfterMs).toBeGreaterThan(0);
    await Promise.allSettled([running, ...queued, ...late]);
  });

  it('expects no wait while a worker is free, however long the others will run', async () => {
    const { pool } = actors({ size: 2 });
    await pool.start();
    await pool.run({ sleepMs: 50 }, { costMs: 1 });
    const running = pool.run({ sleepMs: 300 }, { costMs: 1_000 });
    expect(pool.snapshot().queue.estimatedWaitMs).toBe(0);
    const second = pool.run({ sleepMs: 300 }, { costMs: 1_000 });
    expect(pool.snapshot().queue.estimatedWaitMs).toBeGreaterThan(10_000);
    await Promise.all([running, second]);
  });

  it('learns the true cost from the task itself', async () => {
    const { pool } = actors();
    await pool.run({ extendMs: 1_000, sleepMs: 100, progressEveryMs: 50 }, { costMs: 1 });
    const running = pool.run({ sleepMs: 100 }, { costMs: 1 });
    const queued = pool.run({}, { costMs: 1_000 });
    // 1000 ms of cost took about 100 ms; without the correction it would be estimated 1000 times longer.
    expect(pool.snapshot().queue.estimatedWaitMs).toBeLessThan(5_000);
    await Promise.all([running, queued]);
  });
});
