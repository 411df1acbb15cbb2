/** Tries again where that can help, with growing and scattered waits, and never beyond the request's deadline. */
import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import { AppError } from '../errors.ts';
import type { FailureReason } from '../errors.ts';
import { pause } from './cancelled.ts';

const MOST_TRIES = 3;
const SHORTEST_WAIT_MS = 200;
const LONGEST_BACKOFF_MS = 5_000;
/** A client is better off with the error and its `Retry-After` than with a longer silence. */
const LONGEST_WAIT_MS = 10_000;

const PASSING: readonly (FailureReason | undefined)[] = ['throttled', 'service', 'network'];

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Wall clock in ms; no wait reaches beyond it. */
  readonly endsAt: number;
  /** Drops the token that the last try used; false when it used none, so that another try would be the same again. */
  renewToken(): boolean;
}

/** Rejects with the error of the last try. */
export function withRetries<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  let backoffMs = SHORTEST_WAIT_MS;
  let renewed = false;
  let waitMs = 0;

  /** Milliseconds until another try, or null when there is to be none. */
  function waitAfter(error: unknown): number | null {
    if (!(error instanceof AppError)) return null;
    const askedMs = (error.retryAfterSeconds ?? 0) * 1000;
    if (error.reason === 'authentication') {
      if (renewed || !options.renewToken()) return null;
      renewed = true;
      return askedMs;
    }
    if (!PASSING.includes(error.reason)) return null;
    // Decorrelated jitter: each wait is drawn from the one before, so that clients hit by one fault part ways.
    const spread = backoffMs * 3 - SHORTEST_WAIT_MS;
    backoffMs = Math.min(LONGEST_BACKOFF_MS, SHORTEST_WAIT_MS + Math.random() * spread);
    return Math.max(backoffMs, askedMs);
  }

  const policy = retry(
    handleWhen((error) => {
      const ms = waitAfter(error);
      if (ms === null || ms > LONGEST_WAIT_MS || Date.now() + ms >= options.endsAt) return false;
      waitMs = ms;
      return true;
    }),
    // The library's own wait does not end with the signal; ours comes before the next try.
    { maxAttempts: MOST_TRIES - 1, backoff: new ConstantBackoff(0) },
  );
  return policy.execute(async ({ attempt }) => {
    if (attempt > 0) await pause(waitMs, options.signal);
    return call();
  });
}
