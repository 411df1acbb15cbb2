import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBulkhead } from './bulkhead.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const SIGNAL = new AbortController().signal;

/** A bulkhead, and calls that take a second each. */
function placesOf(concurrency: number | null, queueSize = 10, queueTimeoutMs = 60_000) {
  const places = createBulkhead({ engine: 'azure-fast', concurrency, queueSize, queueTimeoutMs });
  const seen = { running: 0, most: 0, order: [] as number[] };
  const call = (number = 0, signal = SIGNAL) =>
    places.run(async (waitedMs) => {
      seen.running += 1;
      seen.most = Math.max(seen.most, seen.running);
      seen.order.push(number);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      seen.running -= 1;
      return waitedMs;
    }, signal);
  return { places, seen, call };
}

const outcomeOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe('the places of an engine', () => {
  it('are taken by so many calls at once; the others wait their turn and know how long', async () => {
    const { seen, call } = placesOf(2);
    const calls = Promise.all([0, 1, 2, 3, 4].map((number) => call(number)));
    await vi.advanceTimersByTimeAsync(3_500);
    const waitedMs = (await calls).map((ms) => Math.round(ms / 100) * 100);
    expect(waitedMs).toEqual([0, 0, 1_000, 1_000, 2_000]);
    expect(seen).toEqual({ running: 0, most: 2, order: [0, 1, 2, 3, 4] });
  });

  it('are not counted without a limit', async () => {
    const { seen, call } = placesOf(null);
    const calls = Promise.all(Array.from({ length: 50 }, () => call()));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await calls).toHaveLength(50);
    expect(seen.most).toBe(50);
  });

  it('are given back by a call that fails', async () => {
    const { places } = placesOf(1);
    const broken = () => places.run(() => Promise.reject(new Error('broken')), SIGNAL);
    await expect(broken()).rejects.toThrow('broken');
    await expect(broken()).rejects.toThrow('broken');
  });

  it('are waited for by so many and no more', async () => {
    const { call } = placesOf(2, 1);
    const calls = [call(), call(), call()];
    await expect(call()).rejects.toMatchObject({ code: 'queue_full', retryAfterSeconds: 5 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await Promise.all(calls)).toHaveLength(3);
  });

  it('are waited for so long and no longer', async () => {
    const { seen, call } = placesOf(1, 10, 300);
    const first = call(1);
    const second = outcomeOf(call(2));
    await vi.advanceTimersByTimeAsync(300);
    expect(await second).toMatchObject({ code: 'queue_timeout', retryAfterSeconds: 5 });
    await vi.advanceTimersByTimeAsync(700);
    await first;
    const third = call(3);
    await vi.advanceTimersByTimeAsync(1_000);
    await third;
    expect(seen.order).toEqual([1, 3]);
  });

  it('are not kept for a client that left, who makes room in the queue', async () => {
    const { seen, call } = placesOf(1, 1);
    const client = new AbortController();
    const first = call(1);
    const left = outcomeOf(call(2, client.signal));
    client.abort();
    expect(await left).toMatchObject({ code: 'client_closed_request' });
    const third = call(3);
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all([first, third]);
    expect(seen.order).toEqual([1, 3]);
    await expect(call(4, client.signal)).rejects.toMatchObject({ code: 'client_closed_request' });
  });
});
