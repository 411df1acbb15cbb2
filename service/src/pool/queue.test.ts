import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { until } from './fixtures/harness.ts';
import { createQueue, InvalidOptions, QueueFull, QueueTimeout, TaskAborted } from './index.ts';
import type { PoolError, Queue, QueueOptions } from './index.ts';

interface Task {
  readonly id: number;
  readonly costMs: number;
}

function testQueue(
  options: Partial<QueueOptions> = {},
  owner: { concurrency?(): number; remainingMs?(): number } = {},
): { queue: Queue<Task>; dropped: [number, PoolError][]; add(task: Task): void } {
  const dropped: [number, PoolError][] = [];
  const queue = createQueue<Task>(
    { maxCount: 1_000, shortCostMs: 10, ...options },
    { onDrop: ({ id }, error) => void dropped.push([id, error]), ...owner },
  );
  return { queue, dropped, add: (task) => void queue.enqueue(task, { costMs: task.costMs }) };
}

const costs = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 60 });

function drained(queue: Queue<Task>): Task[] {
  const order: Task[] = [];
  for (let entry = queue.next(); entry; entry = queue.next()) order.push(entry.item);
  return order;
}

describe('order', () => {
  it('gives out every task exactly once and keeps the order inside each lane', () => {
    fc.assert(
      fc.property(costs, (costsMs) => {
        const { queue, add } = testQueue();
        const tasks = costsMs.map((costMs, id) => ({ id, costMs }));
        tasks.forEach(add);
        const order = drained(queue);
        expect(new Set(order)).toEqual(new Set(tasks));
        expect(order).toHaveLength(tasks.length);
        for (const isShort of [true, false]) {
          const ids = order.filter(({ costMs }) => costMs <= 10 === isShort).map(({ id }) => id);
          expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        }
        expect([queue.depth, queue.bytes, queue.oldestMs()]).toEqual([0, 0, 0]);
      }),
    );
  });

  it('gives both lanes the same amount of work while both wait, so that neither starves', () => {
    const shorts = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 20, maxLength: 60 });
    const longs = fc.array(fc.integer({ min: 11, max: 100 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(shorts, longs, (shortCosts, longCosts) => {
        const { queue, add } = testQueue();
        [...longCosts, ...shortCosts].forEach((costMs, id) => add({ id, costMs }));
        const left = { short: shortCosts.length, long: longCosts.length };
        const served = { short: 0, long: 0 };
        while (left.short > 0 && left.long > 0) {
          const costMs = queue.next()?.item.costMs ?? 0;
          const lane = costMs <= 10 ? 'short' : 'long';
          left[lane] -= 1;
          served[lane] += costMs;
          expect(Math.abs(served.short - served.long)).toBeLessThanOrEqual(100);
        }
      }),
    );
  });

  it('lets a short task pass a pile of long ones', () => {
    const { queue, add } = testQueue();
    for (let id = 0; id < 50; id += 1) add({ id, costMs: 1_000 });
    queue.next();
    add({ id: 99, costMs: 1 });
    expect(queue.next()?.item.id).toBe(99);
  });

  it('gives a lane no credit for the time when it was empty', () => {
    const { queue, add } = testQueue();
    for (let id = 0; id < 50; id += 1) add({ id, costMs: 10 });
    for (let id = 0; id < 40; id += 1) queue.next();
    for (let id = 100; id < 110; id += 1) add({ id, costMs: 20 });
    const next = Array.from({ length: 6 }, () => queue.next()?.item.costMs);
    expect(next.filter((costMs) => costMs === 10).length).toBeGreaterThanOrEqual(3);
  });

  it('charges a lane with what its task turned out to cost', () => {
    const { queue, add } = testQueue();
    add({ id: 0, costMs: 1 });
    add({ id: 1, costMs: 1 });
    add({ id: 2, costMs: 100 });
    const entry = queue.next();
    if (entry === undefined) throw new Error('nothing queued');
    queue.correct(entry, 500);
    expect(queue.next()?.item.id).toBe(2);
    expect(queue.next()?.item.id).toBe(1);
  });
});

describe('leaving early', () => {
  it('removes any task without touching another', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.boolean())), (tasks) => {
        const { queue, dropped } = testQueue();
        const entries = tasks.map(([costMs, leaves], id) => ({
          entry: queue.enqueue({ id, costMs }, { costMs, bytes: costMs }),
          leaves,
        }));
        const gone = entries.filter(({ leaves }) => leaves).map(({ entry }) => entry);
        const kept = entries.filter(({ leaves }) => !leaves).map(({ entry }) => entry);
        for (const entry of gone) expect(queue.remove(entry)).toBe(true);
        for (const entry of gone) expect(queue.remove(entry)).toBe(false);
        expect(queue.depth).toBe(kept.length);
        expect(queue.bytes).toBe(kept.reduce((sum, { bytes }) => sum + bytes, 0));
        expect(new Set(drained(queue))).toEqual(new Set(kept.map(({ item }) => item)));
        expect(dropped).toEqual([]);
      }),
    );
  });

  it('drops a task when its signal is aborted and gives out the ones behind it', () => {
    const { queue, dropped } = testQueue();
    const controller = new AbortController();
    queue.enqueue({ id: 1, costMs: 1 }, { signal: controller.signal });
    queue.enqueue({ id: 2, costMs: 1 });
    controller.abort(new Error('changed my mind'));
    expect(dropped).toEqual([[1, expect.any(TaskAborted)]]);
    expect(drained(queue).map(({ id }) => id)).toEqual([2]);
  });

  it('refuses a task whose signal was aborted before', () => {
    const { queue } = testQueue();
    const enqueue = () => queue.enqueue({ id: 1, costMs: 1 }, { signal: AbortSignal.abort() });
    expect(enqueue).toThrow(TaskAborted);
    expect(queue.depth).toBe(0);
  });

  it('ignores an abort that comes after the task was taken', () => {
    const { queue, dropped } = testQueue();
    const controller = new AbortController();
    queue.enqueue({ id: 1, costMs: 1 }, { signal: controller.signal });
    queue.next();
    controller.abort();
    expect(dropped).toEqual([]);
  });

  it('drops both lanes, and only those, whose wait ran out', async () => {
    const { queue, dropped, add } = testQueue({ maxWaitMs: 60 });
    add({ id: 1, costMs: 1 });
    add({ id: 2, costMs: 100 });
    await until(() => queue.oldestMs() > 30, 'half of the wait');
    add({ id: 3, costMs: 1 });
    await until(() => dropped.length >= 2, 'the first two to be dropped');
    expect(dropped.map(([id]) => id)).toEqual([1, 2]);
    expect(dropped[0]?.[1]).toMatchObject({ code: 'queue_timeout', phase: 'waiting' });
    await until(() => dropped.length === 3, 'the third to be dropped');
    const [, error] = dropped[2] ?? [];
    expect((error as QueueTimeout | undefined)?.waitMs).toBeGreaterThanOrEqual(60);
    expect(queue.depth).toBe(0);
  });
});

describe('admission', () => {
  it('is bounded by count', () => {
    const { queue, add } = testQueue({ maxCount: 2 });
    add({ id: 1, costMs: 1 });
    add({ id: 2, costMs: 1 });
    expect(() => add({ id: 3, costMs: 1 })).toThrow(QueueFull);
    queue.next();
    add({ id: 4, costMs: 1 });
    expect(queue.depth).toBe(2);
  });

  it('is bounded by bytes', () => {
    const { queue } = testQueue({ maxBytes: 100 });
    queue.enqueue({ id: 1, costMs: 1 }, { bytes: 60 });
    expect(() => queue.enqueue({ id: 2, costMs: 1 }, { bytes: 41 })).toThrow(/101 of 100 bytes/);
    queue.enqueue({ id: 3, costMs: 1 }, { bytes: 40 });
    expect(queue.bytes).toBe(100);
  });

  it('refuses nothing on an estimate before anything was measured', () => {
    const { queue, add } = testQueue({ maxWaitMs: 1_000 });
    for (let id = 0; id < 100; id += 1) add({ id, costMs: 1_000_000 });
    expect(queue.estimatedWaitMs()).toBeUndefined();
    queue.clear(() => new TaskAborted(undefined));
  });

  it('refuses at once what would wait too long and says when to come back', () => {
    const { queue, add } = testQueue(
      { maxWaitMs: 1_000, shortCostMs: 0 },
      { concurrency: () => 2, remainingMs: () => 500 },
    );
    queue.estimator.observe(100, 200);
    for (let id = 0; id < 8; id += 1) add({ id, costMs: 100 });
    expect(queue.estimatedWaitMs()).toBeCloseTo((8 * 200 + 500) / 2);
    let error: unknown;
    try {
      add({ id: 9, costMs: 100 });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(QueueTimeout);
    expect(error).toMatchObject({ phase: 'admission', maxWaitMs: 1_000 });
    expect((error as QueueTimeout).retryAfterMs).toBeCloseTo(50);
    queue.clear(() => new TaskAborted(undefined));
  });

  it('still takes a short task while the long lane is full of work', () => {
    const { queue, add } = testQueue({ maxWaitMs: 1_000 });
    queue.estimator.observe(1, 1);
    add({ id: 1, costMs: 900 });
    add({ id: 2, costMs: 900 });
    expect(() => add({ id: 3, costMs: 900 })).toThrow(QueueTimeout);
    add({ id: 4, costMs: 5 });
    expect(queue.depth).toBe(3);
    queue.clear(() => new TaskAborted(undefined));
  });

  it('names every faulty option', () => {
    const create = () =>
      createQueue({ maxCount: -1, maxWaitMs: Number.NaN }, { onDrop: () => undefined });
    expect(create).toThrow(InvalidOptions);
    expect(create).toThrow(/maxCount.*-1.*maxWaitMs.*NaN/);
  });
});
