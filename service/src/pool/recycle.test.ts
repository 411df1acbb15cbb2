import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Act, Done } from './fixtures/actor.ts';
import { fixture, observedPool, temporaryFolder, until } from './fixtures/harness.ts';
import { resolveOptions } from './options.ts';
import { Recycler } from './recycler.ts';

const MIB = 2 ** 20;

const actors = (options: Partial<Parameters<typeof observedPool>[1]> = {}) =>
  observedPool<Act, Done, number>('actor', { size: 1, minLifetimeMs: 0, ...options });

describe('recycling by task count', () => {
  it('loses no task', async () => {
    const { pool, eventsOf } = actors({ size: 2, maxTasks: 5 });
    await pool.start();
    let sent = 0;
    const client = async (): Promise<void> => {
      while (sent++ < 80) await pool.run({ sleepMs: 4 });
    };
    await Promise.all([client(), client(), client()]);
    await until(() => eventsOf('recycle').length >= 3, 'three replacements');
    for (const { reason, tasks } of eventsOf('recycle')) {
      expect(reason).toBe('tasks');
      expect(tasks).toBeGreaterThanOrEqual(5);
    }
    expect(pool.snapshot().counters).toMatchObject({
      crashes: {},
      retries: 0,
      settled: { completed: sent - 3 },
    });
  });

  it('loses no capacity: the spare is ready before the old worker goes', async () => {
    const { pool, eventsOf } = actors({ size: 2, maxTasks: 3 });
    await pool.start();
    const tooFew: string[] = [];
    pool.subscribe(({ type }) => {
      const { state, states } = pool.snapshot();
      if (state === 'open' && states.idle + states.busy < 2) tooFew.push(type);
    });
    while (eventsOf('recycle').length < 5) {
      await Promise.all([pool.run({ sleepMs: 2 }), pool.run({ sleepMs: 2 })]);
    }
    expect(tooFew).toEqual([]);
  });

  it('starts the spare with the last task and replaces the worker although nobody asks again', async () => {
    const { pool, eventsOf } = actors({ maxTasks: 2 });
    await pool.start();
    await pool.run({});
    await Bun.sleep(100);
    expect(pool.snapshot().counters.workersStarted).toBe(1);
    const last = pool.run({ sleepMs: 300 });
    expect(pool.snapshot().workers).toMatchObject([{ due: 'tasks' }, { state: 'starting' }]);
    await last;
    await until(() => eventsOf('recycle').length === 1, 'the replacement');
    expect(eventsOf('recycle')).toMatchObject([{ tasks: 2 }]);
  });

  it('does not churn an idle pool, not even with one task per worker', async () => {
    const { pool, eventsOf } = actors({ maxTasks: 1 });
    await pool.start();
    await pool.run({});
    await until(() => eventsOf('worker-exited').length === 1, 'the replacement');
    await Bun.sleep(200);
    expect(pool.snapshot().counters.workersStarted).toBe(2);
  });

  it('goes on with the old worker while its spare cannot start, and catches up later', async () => {
    const path = join(temporaryFolder(), 'mode');
    const { pool, eventsOf } = observedPool<object, { pid: number }>('boot', {
      size: 1,
      init: { path },
      maxTasks: 2,
    });
    await pool.start();
    writeFileSync(path, 'throw');
    const pids = new Set<number>();
    while (eventsOf('boot-failed').length < 4) {
      pids.add((await pool.run({})).reply.pid);
      await Bun.sleep(5);
    }
    expect(pids.size).toBe(1);
    expect(pool.ready).toBe(true);
    writeFileSync(path, '');
    await until(() => eventsOf('recycle').length === 1, 'the replacement');
    expect(pids).not.toContain((await pool.run({})).reply.pid);
  });

  it('kills a worker that does not leave when asked, and is not held up by it', async () => {
    const { pool, eventsOf } = actors({ maxTasks: 1, retireTimeoutMs: 150 });
    await pool.start();
    await pool.run({ spinAfterMs: 30_000 });
    await until(() => eventsOf('recycle').length === 1, 'the retirement');
    await pool.run({});
    await until(() => eventsOf('recycle').length >= 2, 'the next retirement');
    expect(eventsOf('worker-exited')[0]).toMatchObject({ signal: 'SIGKILL', expected: true });
    expect(eventsOf('crash')).toEqual([]);
  });

  it('retires one at a time, also where no spare is needed', async () => {
    const { pool, eventsOf } = actors({ size: 3, minSize: 0, maxTasks: 1, retireTimeoutMs: 200 });
    // Long enough for all three to start before the first of them is done.
    const slow = { sleepMs: 1_500, spinAfterMs: 30_000 };
    await Promise.all([pool.run(slow), pool.run(slow), pool.run(slow)]);
    // The pool's watch sees two at a time as a breach.
    await until(() => eventsOf('worker-exited').length === 3, 'all three to be gone');
    expect(eventsOf('recycle')).toHaveLength(3);
  });

  it('leaves nothing behind in the parent, and an idle pool is quiet', async () => {
    const child = Bun.spawn([process.execPath, fixture('churn'), '40'], { stdout: 'pipe' });
    const output = await new Response(child.stdout).text();
    const { before, after, idleCpuMs } = JSON.parse(output) as {
      before: { fds: number; rss: number };
      after: { fds: number; rss: number };
      idleCpuMs: number;
    };
    expect(after.fds).toBeLessThanOrEqual(before.fds + 2);
    expect(after.rss - before.rss).toBeLessThan(16 * MIB);
    expect(idleCpuMs).toBeLessThan(100);
  });
});

describe('recycling by age', () => {
  it('replaces an old worker without being asked', async () => {
    const { pool, eventsOf } = actors({ maxAgeMs: 300, ageJitter: 0 });
    await pool.start();
    await until(() => eventsOf('worker-exited').length === 1, 'the replacement');
    const [recycle] = eventsOf('recycle');
    expect(recycle).toMatchObject({ reason: 'age', tasks: 0 });
    expect(recycle?.ageMs).toBeGreaterThanOrEqual(240);
  });

  it('never happens before the minimum lifetime', async () => {
    const { pool } = actors({ maxAgeMs: 50, minLifetimeMs: 60_000 });
    await pool.start();
    await Bun.sleep(300);
    expect(pool.snapshot().counters.recycles.age).toBe(0);
  });
});

describe('recycling by memory', () => {
  it('replaces a worker that still holds too much some time after its task', async () => {
    const { pool, eventsOf } = actors({ maxRssBytes: 60 * MIB, hardRssFactor: 0 });
    const { reply } = await pool.run({ holdBytes: 100 * MIB });
    await until(() => eventsOf('recycle').length === 1, 'the replacement');
    expect(eventsOf('recycle')[0]).toMatchObject({ reason: 'memory', pid: reply.pid });
    expect(eventsOf('recycle')[0]?.memoryBytes).toBeGreaterThan(100 * MIB);
    expect((await pool.run({})).reply.pid).not.toBe(reply.pid);
  });

  it('judges a busy worker at the end of its tasks', async () => {
    const { pool, eventsOf } = actors({
      maxRssBytes: 60 * MIB,
      hardRssFactor: 0,
      sampleIntervalMs: 60_000,
    });
    await pool.run({ holdBytes: 100 * MIB });
    const endsAt = performance.now() + 20_000;
    while (eventsOf('recycle').length === 0 && performance.now() < endsAt) {
      await pool.run({ sleepMs: 100 });
    }
    expect(eventsOf('recycle')).toMatchObject([{ reason: 'memory' }]);
  });

  it('leaves a worker alone that is over the limit only while it works', async () => {
    const { pool } = actors({ maxRssBytes: 60 * MIB, hardRssFactor: 0 });
    await pool.run({ spikeBytes: 100 * MIB, sleepMs: 1_500 });
    expect(pool.snapshot().workers[0]?.due).toBeUndefined();
    expect(pool.snapshot().counters.recycles.memory).toBe(0);
  });

  it('cannot thrash when the limit is below what a fresh worker needs', async () => {
    const { pool } = actors({ maxRssBytes: MIB, hardRssFactor: 0, minLifetimeMs: 60_000 });
    await pool.start();
    await pool.run({});
    await Bun.sleep(900);
    expect(pool.snapshot().counters.workersStarted).toBe(1);
  });

  it('gives no task to a worker that would be killed with it, however young it is', async () => {
    const { pool, eventsOf } = actors({
      size: 2,
      maxRssBytes: 150 * MIB,
      hardRssFactor: 1.5,
      minLifetimeMs: 60_000,
      // The hard limit looks all the time.
      sampleIntervalMs: 20,
    });
    await pool.start();
    let left = 24;
    const client = async (): Promise<void> => {
      while (left-- > 0) await pool.run({ holdBytes: 60 * MIB, sleepMs: 60 });
    };
    await Promise.all([client(), client()]);
    expect(pool.snapshot().counters).toMatchObject({ settled: { completed: 24 }, crashes: {} });
    const recycles = eventsOf('recycle');
    expect(recycles.length).toBeGreaterThanOrEqual(6);
    expect(recycles.every(({ reason }) => reason === 'memory_ahead')).toBe(true);
  });

  it('gives back what an idle worker keeps over its memory at ready', async () => {
    const { pool, eventsOf } = actors({ idleRecycleMs: 150 });
    const { reply } = await pool.run({ holdBytes: 60 * MIB });
    await until(() => eventsOf('recycle').length === 1, 'the replacement');
    expect(eventsOf('recycle')[0]).toMatchObject({ reason: 'idle_memory', pid: reply.pid });
    await until(() => pool.snapshot().workers.length === 1, 'the old one to leave');
    expect(pool.snapshot().workers[0]?.memoryBytes).toBeLessThan(40 * MIB);
  });

  it('does not churn a small worker for growth under the floor', async () => {
    const { pool } = actors({ idleRecycleMs: 100 });
    await pool.run({ holdBytes: 15 * MIB });
    await Bun.sleep(400);
    const { workers, counters } = pool.snapshot();
    const [worker] = workers;
    expect(worker?.memoryBytes).toBeGreaterThan(1.5 * (worker?.memoryAtReadyBytes ?? 0));
    expect(counters.recycles.idle_memory).toBe(0);
  });
});

describe("a worker's own limits", () => {
  const recycler = (options: object) =>
    new Recycler(resolveOptions({ entry: fixture('echo'), size: 1, ...options }));

  it('are spread below the configured ones', () => {
    const draws = Array.from({ length: 500 }, () =>
      recycler({ maxTasks: 100, taskJitter: 0.2, maxAgeMs: 1_000, ageJitter: 0.1 }).drawLimits(),
    );
    const tasks = draws.map(({ taskLimit }) => taskLimit);
    const ages = draws.map(({ ageLimitMs }) => ageLimitMs);
    expect(Math.min(...tasks)).toBeGreaterThan(80);
    expect(Math.max(...tasks)).toBeLessThanOrEqual(100);
    expect(new Set(tasks).size).toBeGreaterThan(10);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(900);
    expect(Math.max(...ages)).toBeLessThanOrEqual(1_000);
  });

  it('are off at 0, whatever the jitter', () => {
    expect(
      recycler({ maxTasks: 0, taskJitter: 1, maxAgeMs: 0, ageJitter: 1 }).drawLimits(),
    ).toEqual({
      taskLimit: Infinity,
      ageLimitMs: Infinity,
    });
  });

  it('allow at least one task', () => {
    const limits = recycler({ maxTasks: 3, taskJitter: 1 });
    for (let round = 0; round < 50; round += 1) {
      expect(limits.drawLimits().taskLimit).toBeGreaterThanOrEqual(1);
    }
  });
});
