import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Act, Done } from './fixtures/actor.ts';
import { isAlive, observedPool, rejection, temporaryFolder, until } from './fixtures/harness.ts';
import type { TaskTimeout } from './index.ts';
import { MemoryLimit, PoolUnavailable, WorkerCrashed } from './index.ts';

type Options = Partial<Parameters<typeof observedPool>[1]>;

const actors = (options: Options = {}) =>
  observedPool<Act, Done, number>('actor', { size: 1, ...options });

const crashOnce = (options: Options = {}) =>
  observedPool<{ path: string }, { pid: number; served: number }>('crash-once', {
    size: 1,
    ...options,
  });

const boots = (path: string, options: Options = {}) =>
  observedPool<{ exit?: number }, { pid: number }>('boot', { size: 2, init: { path }, ...options });

describe('a crash', () => {
  it('is hidden by one retry on a worker that has done nothing yet', async () => {
    const { pool, eventsOf } = crashOnce({ size: 2 });
    await pool.start();
    await Promise.all([pool.run({ path: '' }), pool.run({ path: '' })]);
    const path = join(temporaryFolder(), 'was-here');
    const { reply, attempts } = await pool.run({ path });
    expect(existsSync(path)).toBe(true);
    expect(attempts).toBe(2);
    expect(reply.served).toBe(1);
    expect(eventsOf('retry')).toHaveLength(1);
    expect(pool.snapshot().counters).toMatchObject({ retries: 1, crashes: { SIGKILL: 1 } });
    await until(() => eventsOf('crash').length === 1, 'the crash event');
    expect(eventsOf('crash')).toMatchObject([{ signal: 'SIGKILL', task: 3 }]);
  });

  it.each([
    ['by a signal', { signal: 'SIGSEGV' }, { signal: 'SIGSEGV', exitCode: undefined }],
    ['with exit code 7', { exit: 7 }, { signal: undefined, exitCode: 7 }],
    ['with exit code 0', { exit: 0 }, { signal: undefined, exitCode: 0 }],
  ] as const)('%s twice is final and says how it ended', async (_how, act, ending) => {
    const { pool } = actors();
    const error = await rejection(pool.run({ ...act, say: 'the model is broken' }));
    expect(error).toBeInstanceOf(WorkerCrashed);
    expect(error).toMatchObject({ attempts: 2, ...ending });
    expect((error as WorkerCrashed).stderrTail).toContain('the model is broken');
    expect((error as WorkerCrashed).message).toContain('the model is broken');
    expect(pool.snapshot().counters.retries).toBe(1);
    await expect(pool.run({})).resolves.toBeDefined();
  });

  it("takes the worker's own children along", async () => {
    const { pool } = actors({ maxRetries: 0 });
    for (const ending of [{ signal: 'SIGKILL' }, { exit: 1 }] as const) {
      const grandchildren: number[] = [];
      const onProgress = (pid: number) => void grandchildren.push(pid);
      await rejection(pool.run({ grandchild: true, sleepMs: 30, ...ending }, { onProgress }));
      expect(grandchildren).toHaveLength(1);
      await until(() => !grandchildren.some(isAlive), 'the grandchild to be gone');
    }
  });

  it('is final at once when retries are off', async () => {
    const { pool } = actors({ maxRetries: 0 });
    expect(await rejection(pool.run({ exit: 1 }))).toMatchObject({ attempts: 1 });
  });

  it('is final when no fresh worker comes before the deadline', async () => {
    const path = join(temporaryFolder(), 'mode');
    const { pool } = boots(path, { size: 1, taskTimeoutMs: 300 });
    await pool.start();
    writeFileSync(path, 'hang');
    const error = await rejection(pool.run({ exit: 6 }));
    expect(error).toBeInstanceOf(WorkerCrashed);
    expect(error).toMatchObject({ attempts: 1, exitCode: 6 });
    expect(pool.snapshot().counters.retries).toBe(1);
  });

  it('does not give its retry a new deadline', async () => {
    const { pool } = actors({ taskTimeoutMs: 3_000 });
    await pool.start();
    const error = await rejection(pool.run({ sleepMs: 1_500, exit: 1 }));
    expect(error).toMatchObject({ code: 'task_timeout', kind: 'deadline' });
    expect((error as TaskTimeout).elapsedMs).toBeGreaterThanOrEqual(3_000);
  });

  it('has its retry served by an old worker when no fresh one can start', async () => {
    const path = join(temporaryFolder(), 'mode');
    const { pool } = boots(path, { size: 2, maxRetries: 2 });
    await pool.start();
    writeFileSync(path, 'throw');
    expect(await rejection(pool.run({ exit: 6 }))).toMatchObject({ attempts: 2 });
    expect(pool.snapshot().counters.crashes).toEqual({ exit: 2 });
  });

  it('by a closed channel is noticed although the process lives on', async () => {
    const { pool } = actors({ maxRetries: 0 });
    const error = await rejection(pool.run({ disconnect: true, spinMs: 0, sleepMs: 30_000 }));
    expect(error).toBeInstanceOf(WorkerCrashed);
    await expect(pool.run({})).resolves.toBeDefined();
  });

  it('of an idle worker is replaced and loses nothing', async () => {
    const { pool, eventsOf } = actors({ size: 2 });
    await pool.start();
    await pool.run({});
    for (const { pid } of pool.snapshot().workers) process.kill(pid, 'SIGKILL');
    const results = await Promise.all([1, 2, 3, 4].map(() => pool.run({ sleepMs: 5 })));
    expect(results).toHaveLength(4);
    await until(() => eventsOf('crash').length === 2, 'both crash events');
    await until(() => pool.snapshot().states.idle === 2, 'two idle workers');
  });

  it('while starting is a failed start and the next one serves', async () => {
    const { pool, eventsOf } = actors({ size: 1 });
    const started = pool.start();
    process.kill(pool.snapshot().workers[0]?.pid ?? 0, 'SIGKILL');
    await started;
    await until(() => eventsOf('boot-failed').length === 1, 'the failed start');
    expect(eventsOf('boot-failed')[0]?.error).toMatchObject({ reason: 'exit', signal: 'SIGKILL' });
    expect(eventsOf('crash')).toEqual([]);
  });

  it('of a retry can be aborted while it waits for its worker', async () => {
    const { pool } = actors();
    await pool.start();
    const controller = new AbortController();
    const run = rejection(pool.run({ exit: 1, sleepMs: 20 }, { signal: controller.signal }));
    await until(() => pool.snapshot().counters.retries === 1, 'the retry');
    controller.abort();
    expect(await run).toMatchObject({ code: 'task_aborted' });
    await expect(pool.run({})).resolves.toBeDefined();
  });
});

it('keeps the books under random kills: every task is settled once, and never wrong', async () => {
  const { pool } = actors({ size: 2, maxTasks: 20 });
  await pool.start();
  const outcomes = { right: 0, crashed: 0 };
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < 120) {
      sent += 1;
      try {
        const { reply } = await pool.run({ sleepMs: 5, replyBytes: sent });
        expect(reply.text).toMatch(/^y+$/);
        outcomes.right += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(WorkerCrashed);
        outcomes.crashed += 1;
      }
    }
  };
  const clients = Promise.all([1, 2, 3, 4].map(client));
  let kills = 0;
  const saboteur = setInterval(() => {
    // Kills while starting are failed starts, which the breaker answers; they have tests of their own.
    const workers = pool.snapshot().workers.filter(({ state }) => state !== 'starting');
    const victim = workers[Math.floor(Math.random() * workers.length)];
    if (victim === undefined) return;
    process.kill(victim.pid, 'SIGKILL');
    kills += 1;
  }, 80);
  await clients;
  clearInterval(saboteur);
  expect(kills).toBeGreaterThan(2);
  expect(outcomes.right + outcomes.crashed).toBe(120);
  expect(outcomes.right).toBeGreaterThan(90);
  await expect(pool.run({})).resolves.toBeDefined();
});

describe('a memory hog', () => {
  it('is killed over the hard limit even with a task in hand, and not tried again', async () => {
    const { pool, eventsOf } = actors({ maxRssBytes: 40 * 2 ** 20 });
    await pool.start();
    const error = await rejection(pool.run({ holdBytes: 150 * 2 ** 20, sleepMs: 30_000 }));
    expect(error).toBeInstanceOf(MemoryLimit);
    expect(error).toMatchObject({ limitBytes: 60 * 2 ** 20 });
    expect((error as MemoryLimit).memoryBytes).toBeGreaterThan(60 * 2 ** 20);
    await expect(pool.run({})).resolves.toBeDefined();
    expect(eventsOf('recycle')).toMatchObject([{ reason: 'memory_hard' }]);
    expect(pool.snapshot().counters).toMatchObject({ retries: 0, crashes: {} });
  });

  it('that is one from the start backs off instead of being restarted for ever', async () => {
    const { pool } = actors({ maxRssBytes: 2 ** 20, sampleIntervalMs: 20 });
    pool.start().catch(() => undefined);
    await until(() => pool.snapshot().breaker.state === 'open', 'the breaker to open');
    expect(pool.snapshot().counters.workersStarted).toBeLessThan(10);
  });
});

describe('failed starts', () => {
  it.each([
    ['throw', 'init', /no model here/],
    ['exit', 'exit', /cannot open the model/],
    ['hang', 'timeout', /not ready within 150 ms/],
  ] as const)(
    'by %s open the breaker, answer fast, are tried with one worker and recover',
    async (mode, reason, text) => {
      const path = join(temporaryFolder(), 'mode');
      writeFileSync(path, mode);
      const { pool, eventsOf } = boots(path, { bootTimeoutMs: mode === 'hang' ? 150 : 60_000 });
      const started = pool.start();
      const queued = await rejection(pool.run({}));
      expect(queued).toBeInstanceOf(PoolUnavailable);
      expect((queued as Error).message).toMatch(text);
      expect((queued as PoolUnavailable).cause).toMatchObject({ reason });
      expect(pool.ready).toBe(false);
      const before = performance.now();
      const refused = await rejection(pool.run({}));
      expect(refused).toBeInstanceOf(PoolUnavailable);
      expect((refused as PoolUnavailable).retryAfterMs).toBeGreaterThanOrEqual(0);
      expect(performance.now() - before).toBeLessThan(500);
      expect(pool.snapshot().breaker).toMatchObject({ state: 'open' });
      expect(pool.snapshot().workers.length).toBeLessThanOrEqual(1);

      writeFileSync(path, mode === 'hang' ? '' : 'slow');
      await until(() => pool.snapshot().states.starting > 0, 'the next try');
      if (mode !== 'hang') expect(pool.snapshot().states.starting).toBe(1);
      await started;
      expect(pool.ready).toBe(true);
      expect(eventsOf('breaker').map(({ state }) => state)).toEqual(['open', 'closed']);
      await expect(pool.run({})).resolves.toBeDefined();
    },
  );

  it('include processes that the system refuses to start', async () => {
    // One variable over the system's limit for a single string: the spawn itself fails.
    const { pool } = actors({ env: { TOO_LONG: 'x'.repeat(2 ** 20) } });
    const error = await rejection(pool.run({}));
    expect(error).toBeInstanceOf(PoolUnavailable);
    expect((error as PoolUnavailable).cause).toMatchObject({ reason: 'spawn' });
  });

  it('of workers that were started together count once', async () => {
    const path = join(temporaryFolder(), 'mode');
    writeFileSync(path, 'throw');
    const { pool, eventsOf } = boots(path, { size: 4 });
    pool.start().catch(() => undefined);
    await until(() => eventsOf('boot-failed').length >= 5, 'the first failed starts and one more');
    expect(
      eventsOf('boot-failed')
        .map(({ failures }) => failures)
        .slice(0, 5),
    ).toEqual([1, 1, 1, 1, 2]);
  });

  it('are spaced out more and more', async () => {
    const path = join(temporaryFolder(), 'mode');
    writeFileSync(path, 'throw');
    const { pool, eventsOf } = boots(path, { size: 1, bootBackoffMs: 20, maxBootBackoffMs: 80 });
    pool.start().catch(() => undefined);
    await until(() => eventsOf('boot-failed').length >= 6, 'six failed starts');
    const pauses = eventsOf('boot-failed').map(({ retryInMs }) => Math.round(retryInMs));
    expect(pauses[0]).toBeGreaterThanOrEqual(15);
    expect(pauses[0]).toBeLessThanOrEqual(20);
    expect(pauses[1]).toBeGreaterThanOrEqual(30);
    expect(pauses[4]).toBeGreaterThanOrEqual(60);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(80);
    expect(pool.snapshot().counters.workersStarted).toBeLessThanOrEqual(7);
  });

  it('include workers that die right after they were ready', async () => {
    const path = join(temporaryFolder(), 'mode');
    writeFileSync(path, 'late-exit');
    const { pool } = boots(path, { size: 1, bootBackoffMs: 20 });
    await pool.start();
    await until(() => pool.snapshot().breaker.failures >= 3, 'three failures in a row');
    writeFileSync(path, '');
    await until(() => pool.ready && pool.snapshot().breaker.failures === 0, 'recovery');
    await expect(pool.run({})).resolves.toBeDefined();
  });

  it('leave the workers that run serving', async () => {
    const path = join(temporaryFolder(), 'mode');
    const { pool } = boots(path, { size: 2 });
    await pool.start();
    writeFileSync(path, 'throw');
    process.kill(pool.snapshot().workers[0]?.pid ?? 0, 'SIGKILL');
    await until(() => pool.snapshot().breaker.state === 'open', 'the breaker to open');
    expect(pool.ready).toBe(true);
    await expect(pool.run({})).resolves.toBeDefined();
  });
});
