import { describe, expect, it } from 'vitest';
import type { Act, Done } from './fixtures/actor.ts';
import {
  fixture,
  isAlive,
  observedPool,
  rejection,
  temporaryFolder,
  until,
} from './fixtures/harness.ts';
import { createPool, InvalidOptions, MessageTooLarge, PoolDraining, TaskError } from './index.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Echo {
  readonly request: unknown;
  readonly pid: number;
  readonly given: unknown;
}

const actors = (options: Partial<Parameters<typeof observedPool>[1]> = {}) =>
  observedPool<Act, Done, number>('actor', { size: 1, ...options });

describe('a task', () => {
  it('is answered by another process, with its times', async () => {
    const { pool, eventsOf } = observedPool<string, Echo>('echo', { size: 1, init: { model: 7 } });
    await pool.start();
    const starts: unknown[] = [];
    const { reply, ...rest } = await pool.run('hello', { onStart: (start) => starts.push(start) });
    expect(reply).toMatchObject({ request: 'hello', given: { model: 7 } });
    expect(reply.pid).not.toBe(process.pid);
    expect(rest).toEqual({
      attempts: 1,
      slot: 0,
      queueMs: expect.any(Number),
      runMs: expect.any(Number),
    });
    expect(starts).toMatchObject([{ slot: 0, attempt: 1 }]);
    expect(eventsOf('worker-ready')).toMatchObject([{ slot: 0, pid: reply.pid }]);
    expect(eventsOf('task-settled')).toMatchObject([{ outcome: 'completed', attempts: 1 }]);
  });

  it('has a worker to itself, the others wait their turn', async () => {
    const { pool } = actors({ size: 2 });
    await pool.start();
    const tasks = Array.from({ length: 6 }, () => pool.run({ sleepMs: 40 }));
    expect(pool.snapshot().states.busy).toBe(2);
    expect(pool.snapshot().queue).toMatchObject({ depth: 4 });
    const results = await Promise.all(tasks);
    expect(new Set(results.map(({ reply }) => reply.pid)).size).toBe(2);
    expect(results.at(-1)?.queueMs).toBeGreaterThan(30);
    expect(pool.snapshot().workers.map(({ tasks: done }) => done)).toEqual([3, 3]);
  });

  it('starts the pool by itself and waits for the first worker', async () => {
    const { pool } = observedPool<string, Echo>('echo', { size: 1 });
    expect(pool.snapshot()).toMatchObject({ state: 'new', ready: false, workers: [] });
    await expect(pool.run('x')).resolves.toMatchObject({ reply: { request: 'x' } });
    expect(pool.ready).toBe(true);
  });

  it('brings its error across: name, message, code, data and retry hint, and leaves the worker alive', async () => {
    const { pool } = actors();
    const throws = {
      name: 'NothingThere',
      message: 'nothing there',
      code: 'silent',
      data: { seconds: 3 },
      retryAfterSeconds: 2,
    };
    const error = await rejection(pool.run({ throws }));
    expect(error).toBeInstanceOf(TaskError);
    expect(error).toMatchObject(throws);
    expect((error as TaskError).workerStack).toContain('actor.ts');
    await pool.run({});
    expect(pool.snapshot().counters.workersStarted).toBe(1);
    expect(pool.snapshot().counters.settled).toMatchObject({ completed: 1, task_error: 1 });
  });

  it('sends progress to its caller in order', async () => {
    const { pool } = actors();
    const heard: number[] = [];
    await pool.run({ sleepMs: 30, progressEveryMs: 10 }, { onProgress: (p) => heard.push(p) });
    expect(heard).toEqual([0, 10, 20]);
  });

  it('may crash a listener or a callback, sync or async, without harm', async () => {
    const { pool, eventsOf } = actors({
      onEvent: () => {
        throw new Error('bad listener');
      },
    });
    const bad = () => Promise.reject(new Error('bad callback'));
    await pool.run({ sleepMs: 20, progressEveryMs: 10 }, { onProgress: bad, onStart: bad });
    expect(pool.snapshot().counters.listenerErrors).toBeGreaterThan(5);
    expect(eventsOf('internal-error')).toEqual([]);
  });
});

describe('messages', () => {
  it('are refused by the parent when the request is over the cap', async () => {
    const { pool } = observedPool<string, Echo>('echo', { size: 1, maxMessageBytes: 1_000 });
    const error = await rejection(pool.run('é'.repeat(500)));
    expect(error).toBeInstanceOf(MessageTooLarge);
    expect(error).toMatchObject({ direction: 'request', bytes: 1_002, maxBytes: 1_000 });
    await expect(pool.run('é'.repeat(499))).rejects.toMatchObject({ direction: 'reply' });
    await expect(pool.run('short')).resolves.toBeDefined();
    expect(pool.snapshot().counters.workersStarted).toBe(1);
  });

  it('are refused by the child when the reply is over the cap, and it serves on', async () => {
    const { pool } = actors({ maxMessageBytes: 1_000 });
    const error = await rejection(pool.run({ replyBytes: 2_000 }));
    expect(error).toMatchObject({ code: 'message_too_large', direction: 'reply' });
    await expect(pool.run({ replyBytes: 500 })).resolves.toBeDefined();
  });

  it('arrive whole when they are large', async () => {
    const { pool } = actors();
    const { reply } = await pool.run({ replyBytes: 4_000_000 });
    expect(reply.text).toHaveLength(4_000_000);
  });

  it('must be JSON in both directions', async () => {
    const { pool } = observedPool<unknown, Echo>('echo', { size: 1 });
    await expect(pool.run(1n)).rejects.toMatchObject({ code: 'request_not_json' });
    const { pool: actor } = actors();
    await expect(actor.run({ bigint: true })).rejects.toBeInstanceOf(TaskError);
    await expect(actor.run({})).resolves.toBeDefined();
  });

  it('that are late, doubled or name another task are counted and never taken for an answer', async () => {
    const { pool } = observedPool<number, unknown>('stutter', { size: 1 });
    const tasks = Array.from({ length: 50 }, (_none, index) => pool.run(index));
    const replies = (await Promise.all(tasks)).map(({ reply }) => reply);
    expect(replies).toEqual(Array.from({ length: 50 }, (_none, index) => index));
    await until(() => pool.snapshot().counters.strayMessages === 100, 'the last strays');
  });

  it('that are not ours are counted and ignored', async () => {
    const { pool } = actors();
    await pool.run({ stray: true });
    expect(pool.snapshot().counters.strayMessages).toBe(1);
  });
});

describe('a worker', () => {
  it('inherits no variable, and has those it is given', async () => {
    const { pool, eventsOf } = observedPool<string, Echo>('echo', {
      size: 1,
      env: { GIVEN: 'yes' },
    });
    await pool.start();
    const pid = eventsOf('worker-ready')[0]?.pid ?? 0;
    const names = readFileSync(`/proc/${pid}/environ`, 'latin1')
      .split('\0')
      .map((line) => line.split('=')[0]);
    expect(names).toContain('GIVEN');
    expect(names).not.toContain('PATH');
  });

  it('is the first the kernel takes when memory runs out', async () => {
    const { pool, eventsOf } = observedPool<string, Echo>('echo', { size: 1 });
    await pool.start();
    const pid = eventsOf('worker-ready')[0]?.pid ?? 0;
    const score = (of: number | 'self') => Number(readFileSync(`/proc/${of}/oom_score_adj`));
    expect(score(pid)).toBe(Math.min(1000, score('self') + 500));
  });

  it('may flood stderr: only the tail is kept', async () => {
    const { pool, eventsOf } = actors({ stderrTailBytes: 100, maxRetries: 0 });
    await pool.start();
    const before = process.memoryUsage.rss();
    await pool.run({ stderrBytes: 64 * 2 ** 20 });
    expect(process.memoryUsage.rss() - before).toBeLessThan(48 * 2 ** 20);
    const error = await rejection(pool.run({ say: 'last words', exit: 3 }));
    expect(error).toMatchObject({ stderrTail: expect.stringMatching(/^x+last words\n$/) });
    expect((error as { stderrTail: string }).stderrTail).toHaveLength(100);
    await until(() => eventsOf('crash').length === 1, 'the crash event');
  });

  it('does not keep the process of an idle pool alive', async () => {
    const parent = Bun.spawn([process.execPath, fixture('idle-parent')], { stdout: 'pipe' });
    try {
      await until(() => parent.exitCode !== null, 'the parent to end by itself', 10_000);
    } finally {
      parent.kill('SIGKILL');
    }
    expect(parent.exitCode).toBe(0);
    expect(await new Response(parent.stdout).text()).toBe('still here\n');
  });

  it.each([['SIGKILL'], ['SIGTERM']] as const)(
    'and its own child do not survive a parent ended by %s, even when busy',
    async (signal) => {
      const parent = Bun.spawn([process.execPath, fixture('parent')], { stdout: 'pipe' });
      const reader = parent.stdout.getReader();
      const { value } = await reader.read();
      const pids = JSON.parse(new TextDecoder().decode(value)) as number[];
      expect(pids).toHaveLength(2);
      expect(pids.map(isAlive)).toEqual([true, true]);
      // Long enough for the worker to be inside its synchronous loop.
      await Bun.sleep(60);
      parent.kill(signal);
      await until(() => !pids.some(isAlive), 'worker and grandchild to be gone', 5_000);
    },
  );
});

describe('elastic size', () => {
  it('starts workers for waiting tasks and lets the surplus go one by one', async () => {
    const { pool, eventsOf } = actors({ size: 3, minSize: 1, idleTimeoutMs: 150 });
    await pool.start();
    expect(pool.snapshot().workers).toHaveLength(1);
    await Promise.all(Array.from({ length: 6 }, () => pool.run({ sleepMs: 150 })));
    expect(pool.snapshot().counters.workersStarted).toBe(3);
    await until(() => pool.snapshot().workers.length === 1, 'the surplus to leave');
    expect(eventsOf('recycle').map(({ reason }) => reason)).toEqual(['idle', 'idle']);
    await expect(pool.run({})).resolves.toBeDefined();
  });

  it('can keep no worker at all and still be ready', async () => {
    const { pool } = actors({ size: 2, minSize: 0, idleTimeoutMs: 50 });
    await pool.start();
    expect(pool.snapshot()).toMatchObject({ ready: true, workers: [] });
    await pool.run({});
    await until(() => pool.snapshot().workers.length === 0, 'the worker to leave');
    await expect(pool.run({})).resolves.toBeDefined();
  });
});

describe('options', () => {
  it('are checked all at once, with name, value and what is allowed', () => {
    const entry = fixture('echo');
    const create = (options: object) => () => createPool({ entry, size: 1, ...options });
    expect(create({ size: 0 })).toThrow(InvalidOptions);
    expect(create({ size: 0 })).toThrow(/size must be a whole number of at least 1, got 0/);
    expect(create({ minSize: 2 })).toThrow(/minSize must not be over size 1, got 2/);
    expect(create({ entry: './x.ts' })).toThrow(/entry must be an absolute path, got '.\/x.ts'/);
    expect(create({ entry: '/no/such.ts' })).toThrow(/'\/no\/such.ts' does not exist/);
    expect(create({ maxTasks: 1.5, ageJitter: 2, queue: { maxCount: -1 } })).toThrow(
      /maxTasks.*got 1.5.*ageJitter.*got 2.*queue.maxCount.*got -1/,
    );
    expect(create({ maxAgeMs: Number.NaN })).toThrow(/maxAgeMs/);
    expect(create({ init: { big: 1n } })).toThrow(/init must be JSON/);
    expect(create({ init: 'x'.repeat(99), maxMessageBytes: 50 })).toThrow(/init.*50.*101/);
  });

  it('do not let a worker read a .env file of the working directory', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.env'), 'FROM_DOTENV=1\n');
    const script = `
      import { createPool } from ${JSON.stringify(new URL('./index.ts', import.meta.url).pathname)};
      const pool = createPool({ entry: ${JSON.stringify(join(folder, 'worker.ts'))}, size: 1 });
      const { reply } = await pool.run('x');
      console.log(JSON.stringify(reply));
      await pool.close();`;
    const serveFrom = JSON.stringify(new URL('./child.ts', import.meta.url).pathname);
    writeFileSync(
      join(folder, 'worker.ts'),
      `import { serve } from ${serveFrom}; serve({ run: () => process.env.FROM_DOTENV ?? 'none' });`,
    );
    writeFileSync(join(folder, 'main.ts'), script);
    const parent = Bun.spawn([process.execPath, '--no-env-file', 'main.ts'], {
      cwd: folder,
      stdout: 'pipe',
    });
    expect(await new Response(parent.stdout).text()).toBe('"none"\n');
  });
});

it('refuses tasks after it was closed', async () => {
  const { pool } = observedPool<string, Echo>('echo', { size: 1 });
  await pool.close();
  expect(await rejection(pool.run('x'))).toBeInstanceOf(PoolDraining);
  expect(await rejection(pool.start())).toBeInstanceOf(PoolDraining);
});

describe('a worker that is given its next task together with its answer', () => {
  it('loses it, start before end, when a listener of that answer aborts the next task', async () => {
    const controller = new AbortController();
    const { pool, events, eventsOf } = actors({
      onEvent: (event) => {
        if (event.type === 'task-settled' && event.id === 1) controller.abort();
      },
    });
    await pool.start();
    const first = pool.run({ sleepMs: 50 });
    const second = rejection(pool.run({ sleepMs: 60_000 }, { signal: controller.signal }));
    await first;
    expect(await second).toMatchObject({ code: 'task_aborted' });
    const steps = events.filter((event) => 'id' in event && event.id === 2);
    expect(steps.map(({ type }) => type)).toEqual(['task-queued', 'task-started', 'task-settled']);
    await until(() => eventsOf('worker-exited').length === 1, 'the worker to be killed');
    await expect(pool.run({})).resolves.toMatchObject({ attempts: 1 });
  });
});
