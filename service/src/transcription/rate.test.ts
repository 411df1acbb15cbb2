import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRate } from './rate.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the rate of an engine', () => {
  it('refuses what is over it, says until when, and starts again with the next minute', async () => {
    const rate = createRate('azure-fast', 3);
    for (let call = 0; call < 3; call += 1) await rate.take();
    await vi.advanceTimersByTimeAsync(50_000);
    await expect(rate.take()).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringMatching(/azure-fast .* 3 requests/),
      reason: 'throttled',
      retryAfterSeconds: 10,
    });
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(rate.take()).resolves.toBeUndefined();
  });

  it('has no end without a limit', async () => {
    const rate = createRate('moonshine-base', null);
    for (let call = 0; call < 1_000; call += 1) await rate.take();
  });
});
