import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../errors.ts';
import type { FailureReason } from '../errors.ts';
import { withRetries } from './retry.ts';
import type { RetryOptions } from './retry.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const fault = (reason: FailureReason | undefined, retryAfterSeconds?: number) =>
  new AppError('engine_failed', 'Failed.', {
    ...(reason !== undefined && { reason }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });

/** Runs a script of failures that ends in success; tells when each try began and how it ended. */
async function trial(errors: readonly Error[], options: Partial<RetryOptions> = {}) {
  const begun = Date.now();
  const triedAtMs: number[] = [];
  const settled = withRetries(
    () => {
      const error = errors[triedAtMs.length];
      triedAtMs.push(Date.now() - begun);
      return error === undefined ? Promise.resolve('answer') : Promise.reject(error);
    },
    {
      signal: new AbortController().signal,
      endsAt: begun + 300_000,
      renewToken: () => true,
      ...options,
    },
  ).then(
    (answer) => ({ answer, error: undefined, endedAtMs: Date.now() - begun }),
    (error: unknown) => ({ answer: undefined, error, endedAtMs: Date.now() - begun }),
  );
  await vi.advanceTimersByTimeAsync(60_000);
  return { triedAtMs, ...(await settled) };
}

describe('a failed call', () => {
  it.each(['throttled', 'service', 'network'] as const)(
    'is tried three times in all when the reason is %s',
    async (reason) => {
      const once = await trial([fault(reason)]);
      expect(once).toMatchObject({ answer: 'answer', triedAtMs: { length: 2 } });
      const last = fault(reason);
      const always = await trial([fault(reason), fault(reason), last]);
      expect(always.error).toBe(last);
      expect(always.triedAtMs).toHaveLength(3);
    },
  );

  it.each(['forbidden', 'timeout', undefined] as const)(
    'is not tried again when the reason is %s',
    async (reason) => {
      const error = fault(reason, 1);
      expect(await trial([error])).toMatchObject({ error, triedAtMs: [0] });
    },
  );

  it('is not tried again when it is no error of ours', async () => {
    expect((await trial([new TypeError('bug')])).triedAtMs).toEqual([0]);
  });

  it('waits longer each time, by a length that chance decides', async () => {
    const waits: number[] = [];
    for (let run = 0; run < 50; run += 1) {
      const { triedAtMs } = await trial([fault('service'), fault('service')]);
      const [first = 0, second = 0, third = 0] = triedAtMs;
      waits.push(second - first);
      expect(second - first).toBeGreaterThanOrEqual(200);
      expect(second - first).toBeLessThanOrEqual(605);
      expect(third - second).toBeGreaterThanOrEqual(200);
      expect(third - second).toBeLessThanOrEqual(1_805);
    }
    expect(new Set(waits).size).toBeGreaterThan(10);
  });

  it('waits at least as long as the engine asked for', async () => {
    const { triedAtMs } = await trial([fault('throttled', 7)]);
    expect(triedAtMs[1]).toBeGreaterThanOrEqual(7_000);
    expect(triedAtMs[1]).toBeLessThan(7_100);
  });

  it('goes out at once when the wait is longer than ten seconds or than the request', async () => {
    const long = fault('throttled', 11);
    expect(await trial([long])).toMatchObject({ error: long, endedAtMs: 0 });
    const late = fault('throttled', 5);
    const endsAt = Date.now() + 4_000;
    expect(await trial([late], { endsAt })).toMatchObject({ error: late, endedAtMs: 0 });
  });

  it('ends at once when the client leaves while it waits', async () => {
    const client = new AbortController();
    setTimeout(() => client.abort(), 3_000);
    const { triedAtMs, error, endedAtMs } = await trial([fault('service', 9)], {
      signal: client.signal,
    });
    expect(triedAtMs).toEqual([0]);
    expect(error).toMatchObject({ code: 'client_closed_request' });
    expect(endedAtMs).toBe(3_000);
  });
});

describe('a refused token', () => {
  it('is replaced, and the call tried once more at once', async () => {
    const renewToken = vi.fn(() => true);
    const { triedAtMs } = await trial([fault('authentication')], { renewToken });
    expect(triedAtMs).toHaveLength(2);
    expect(triedAtMs[1]).toBeLessThan(10);
    expect(renewToken).toHaveBeenCalledTimes(1);
  });

  it('that is refused again is an error', async () => {
    const again = fault('authentication');
    const { triedAtMs, error } = await trial([fault('authentication'), again]);
    expect(triedAtMs).toHaveLength(2);
    expect(error).toBe(again);
  });

  it('leaves the third try to a fault that passes', async () => {
    const errors = [fault('authentication'), fault('service')];
    expect(await trial(errors)).toMatchObject({ answer: 'answer', triedAtMs: { length: 3 } });
  });

  it('is no case for a call that had none', async () => {
    const error = fault('authentication');
    const options = { renewToken: () => false };
    expect(await trial([error], options)).toMatchObject({ error, triedAtMs: [0] });
  });
});
