import { afterEach, describe, expect, it } from 'vitest';
import { rejection, until } from './fixtures/harness.ts';
import {
  createExecutor,
  InvalidOptions,
  PoolDraining,
  TaskAborted,
  TaskError,
  TaskTimeout,
} from './index.ts';
import type { Executor, ExecutorOptions, SlotFunction, TaskEvent } from './index.ts';

interface Ask {
  readonly sleepMs?: number;
  readonly text?: string;
  readonly extendMs?: number;
  readonly progressEveryMs?: number;
  readonly error?: Error;
  readonly deaf?: boolean;
}

const work: SlotFunction<Ask, string, number> = async (ask, { signal, progress, extend }) => {
  if (ask.extendMs !== undefined) extend(ask.extendMs);
  const step = ask.progressEveryMs ?? ask.sleepMs ?? 0;
  for (let spent = 0; spent < (ask.sleepMs ?? 0); spent += step) {
    await Bun.sleep(step);
    if (ask.deaf !== true) signal.throwIfAborted();
    if (ask.progressEveryMs !== undefined) progress(spent);
  }
  if (ask.error !== undefined) throw ask.error;
  return ask.text ?? '';
};

const open: Executor<Ask, string, number>[] = [];
afterEach(async () => {
  for (const executor of open.splice(0)) {
    await executor.close();
    const { submitted, settled } = executor.snapshot().counters;
    expect(Object.values(settled).reduce((sum, count) => sum + count, 0)).toBe(submitted);
  }
});

function executorOf(
  slots: number,
  options: Partial<ExecutorOptions<Ask, string, number>> = {},
): Executor<Ask, string, number> {
  const executor = createExecutor({ slots: Array.from({ length: slots }, () => work), ...options });
  open.push(executor);
  return executor;
}

describe('an executor', () => {
  it('answers in the same shape as a pool', async () => {
    const executor = executorOf(1);
    const result = await executor.run({ text: 'hi' });
    expect(result).toEqual({
      reply: 'hi',
      queueMs: expect.any(Number),
      runMs: expect.any(Number),
      attempts: 1,
      slot: 0,
    });
  });

  it('gives each slot one task at a time and lets the others wait', async () => {
    const executor = executorOf(2);
    const tasks = [1, 2, 3].map((text) => executor.run({ text: String(text), sleepMs: 60 }));
    expect(executor.snapshot()).toMatchObject({
      slots: [{ state: 'busy' }, { state: 'busy' }],
      queue: { depth: 1 },
    });
    const results = await Promise.all(tasks);
    expect(results.map(({ reply }) => reply)).toEqual(['1', '2', '3']);
    expect(results[2]?.queueMs).toBeGreaterThan(40);
    expect(executor.snapshot().slots.map(({ state }) => state)).toEqual(['idle', 'idle']);
  });

  it('wraps what a slot throws, with the original as cause', async () => {
    const error = Object.assign(new RangeError('too far'), { code: 'far', data: { by: 3 } });
    const failure = await rejection(executorOf(1).run({ error }));
    expect(failure).toBeInstanceOf(TaskError);
    expect(failure).toMatchObject({
      name: 'RangeError',
      code: 'far',
      data: { by: 3 },
      cause: error,
    });
  });

  it('passes a task error on that a slot brought from elsewhere', async () => {
    const error = new TaskError({ name: 'Far', message: 'away', code: 'far' });
    expect(await rejection(executorOf(1).run({ error }))).toBe(error);
  });

  it('shows progress, and a reported size moves the deadline', async () => {
    const executor = executorOf(1, { taskTimeoutMs: 100 });
    const heard: number[] = [];
    const run = executor.run(
      { extendMs: 5_000, sleepMs: 300, progressEveryMs: 30, text: 'long' },
      { onProgress: (value) => heard.push(value) },
    );
    await expect(run).resolves.toMatchObject({ reply: 'long' });
    expect(heard.length).toBeGreaterThan(5);
  });

  it('reports its events and survives a listener that throws', async () => {
    const events: TaskEvent[] = [];
    const executor = executorOf(1, {
      onEvent: (event) => {
        events.push(event);
        throw new Error('bad listener');
      },
    });
    await executor.run({});
    expect(events.map(({ type }) => type)).toEqual(['task-started', 'task-settled']);
    expect(executor.snapshot().counters.listenerErrors).toBe(2);
  });

  it('is bounded like a pool', async () => {
    const executor = executorOf(1, { queue: { maxCount: 1, maxWaitMs: 50 } });
    const running = executor.run({ sleepMs: 200 });
    const waiting = rejection(executor.run({}));
    expect(await rejection(executor.run({}))).toMatchObject({ code: 'queue_full' });
    expect(await waiting).toMatchObject({ code: 'queue_timeout' });
    await running;
  });

  it('names faulty options', () => {
    const create = () => createExecutor({ slots: [], taskTimeoutMs: -1 });
    expect(create).toThrow(InvalidOptions);
    expect(create).toThrow(/slots.*taskTimeoutMs.*-1/);
  });
});

describe('a slot whose caller was answered', () => {
  it('by a timeout is free again only when its work has stopped', async () => {
    const executor = executorOf(1, { taskTimeoutMs: 60 });
    const error = await rejection(executor.run({ sleepMs: 400, deaf: true }));
    expect(error).toBeInstanceOf(TaskTimeout);
    expect(executor.snapshot().slots).toMatchObject([{ state: 'abandoned' }]);
    const next = executor.run({ text: 'next' });
    expect(executor.snapshot().queue.depth).toBe(1);
    const { reply, queueMs } = await next;
    expect(reply).toBe('next');
    expect(queueMs).toBeGreaterThan(200);
  });

  it('by an abort has its signal aborted and serves the next task', async () => {
    const executor = executorOf(1);
    const controller = new AbortController();
    const run = executor.run(
      { sleepMs: 30_000, progressEveryMs: 10 },
      { signal: controller.signal },
    );
    const next = executor.run({ text: 'next' });
    controller.abort(new Error('enough'));
    expect(await rejection(run)).toBeInstanceOf(TaskAborted);
    await expect(next).resolves.toMatchObject({ reply: 'next' });
  });

  it('cannot answer a second time', async () => {
    const executor = executorOf(1, { taskTimeoutMs: 40 });
    await rejection(executor.run({ sleepMs: 100, deaf: true, text: 'late' }));
    await until(() => executor.snapshot().slots[0]?.state === 'idle', 'the slot to be free');
    expect(executor.snapshot().counters.settled).toMatchObject({ completed: 0, task_timeout: 1 });
  });
});

describe('draining an executor', () => {
  it('lets running tasks finish and answers waiting ones', async () => {
    const executor = executorOf(1);
    const running = executor.run({ sleepMs: 80, text: 'done' });
    const waiting = rejection(executor.run({}));
    const drained = executor.drain(20_000);
    expect(await waiting).toBeInstanceOf(PoolDraining);
    expect(await rejection(executor.run({}))).toBeInstanceOf(PoolDraining);
    await expect(running).resolves.toMatchObject({ reply: 'done' });
    await drained;
    expect(executor.snapshot().state).toBe('closed');
    expect(executor.drain()).toBe(drained);
  });

  it('answers a task that is over the grace and aborts its signal', async () => {
    const executor = executorOf(1);
    const run = rejection(executor.run({ sleepMs: 30_000, progressEveryMs: 10 }));
    await executor.drain(50);
    expect(await run).toBeInstanceOf(PoolDraining);
    await until(() => executor.snapshot().slots[0]?.state === 'idle', 'the slot to be free');
  });
});
