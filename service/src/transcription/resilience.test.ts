import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../errors.ts';
import { createResilience } from './resilience.ts';
import type { ResilienceOptions } from './resilience.ts';
import type { RunResult } from './runner.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const RESULT: RunResult = {
  queueMs: 500,
  reply: { segments: [], language: 'en', audioSeconds: 1, decodeMs: 0, transcribeMs: 1 },
};
const FAULT = new AppError('engine_failed', 'Failed.', { reason: 'service' });

function engineWith(limits: Partial<ResilienceOptions> = {}) {
  const resilience = createResilience({
    engine: 'azure-fast',
    concurrency: null,
    requestsPerMinute: null,
    queueSize: 100,
    queueTimeoutMs: 60_000,
    ...limits,
  });
  const call = (attempt: () => Promise<RunResult>) =>
    resilience.run(attempt, {
      signal: new AbortController().signal,
      endsAt: Date.now() + 300_000,
      renewToken: () => false,
    });
  return { resilience, call };
}

const settle = async <T>(work: Promise<T>, ms = 20_000) => {
  const settled = work.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(ms);
  return settled;
};

describe('an engine under faults', () => {
  it('keeps its circuit closed when one request in ten fails all of its tries', async () => {
    const { resilience, call } = engineWith();
    let tries = 0;
    for (let request = 0; request < 200; request += 1) {
      await settle(
        call(() => {
          tries += 1;
          return request % 10 === 0 ? Promise.reject(FAULT) : Promise.resolve(RESULT);
        }),
      );
      expect(resilience.openSeconds()).toBeNull();
    }
    expect(tries).toBe(200 + 2 * 20);
  });

  it('is not asked once five requests have failed, and those that wait for a place are told', async () => {
    const { resilience, call } = engineWith({ concurrency: 5 });
    const attempt = vi.fn(() => Promise.reject(FAULT));
    const calls = Array.from({ length: 20 }, () => call(attempt).catch((error: unknown) => error));
    const outcomes = await settle(Promise.all(calls));
    // Four more may have got a place before the fifth failed.
    const failed = (outcomes as unknown[]).filter((outcome) => outcome === FAULT).length;
    expect(failed).toBeGreaterThanOrEqual(5);
    expect(failed).toBeLessThanOrEqual(9);
    expect(attempt).toHaveBeenCalledTimes(failed * 3);
    const refused = expect.objectContaining({ code: 'engine_unavailable', reason: 'service' });
    expect((outcomes as unknown[]).slice(9)).toEqual(Array.from({ length: 11 }, () => refused));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(resilience.openSeconds()).toBeNull();
  });
});

describe('an engine that one call probes', () => {
  it('refuses the others at once, though all of its places are taken', async () => {
    const { call } = engineWith({ concurrency: 1 });
    for (let request = 0; request < 5; request += 1)
      await settle(call(() => Promise.reject(FAULT)));
    const probe = Promise.withResolvers<RunResult>();
    const attempt = vi.fn(() => probe.promise);
    const probed = call(attempt);
    await vi.waitFor(() => expect(attempt).toHaveBeenCalled());
    await expect(call(() => Promise.resolve(RESULT))).rejects.toMatchObject({ reason: 'service' });
    probe.resolve(RESULT);
    expect(await probed).toMatchObject({ reply: RESULT.reply });
  });
});

describe('an engine with limits', () => {
  it('tells the wait for a place as time in the queue', async () => {
    const { call } = engineWith({ concurrency: 1 });
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return RESULT;
    };
    const results = await settle(Promise.all([call(slow), call(slow)]));
    expect(results).toMatchObject([{ queueMs: expect.closeTo(500, -2) }, { reply: RESULT.reply }]);
    expect((results as RunResult[])[1]?.queueMs).toBeCloseTo(1_500, -2);
  });

  it('waits out the last seconds of a full minute, and does not take a longer wait for a fault', async () => {
    const { resilience, call } = engineWith({ requestsPerMinute: 2 });
    const works = () => Promise.resolve(RESULT);
    await Promise.all([call(works), call(works)]);
    for (let request = 0; request < 10; request += 1) {
      await expect(call(works)).rejects.toMatchObject({ reason: 'throttled' });
    }
    expect(resilience.openSeconds()).toBeNull();
    await vi.advanceTimersByTimeAsync(52_000);
    expect(await settle(call(works), 9_000)).toMatchObject(RESULT);
  });

  it('passes a local engine through: one try, whatever happens', async () => {
    const { resilience, call } = engineWith();
    const crash = vi.fn(() => Promise.reject(new AppError('worker_crashed', 'Died.')));
    for (let request = 0; request < 30; request += 1) {
      await expect(call(crash)).rejects.toMatchObject({ code: 'worker_crashed' });
    }
    expect(crash).toHaveBeenCalledTimes(30);
    expect(resilience.openSeconds()).toBeNull();
  });
});
