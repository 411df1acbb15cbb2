/** Until when a request may take, and what that means for its jobs. */
import { AppError } from '../errors.ts';
import type { JobBudget } from './job.ts';

export interface DeadlineOptions {
  /** `STT_REQUEST_BUDGET` in ms, or null. */
  readonly budgetMs: number | null;
  /** Milliseconds that a request without a budget may spend on waits between tries. */
  readonly patienceMs: number;
}

export interface Deadline {
  /** Wall clock in ms. */
  readonly endsAt: number;
  /** Fires when the client leaves, or when the budget is over. */
  readonly signal: AbortSignal;
  /** The budget of a job that is made now, given the engine's pace; throws `queue_timeout` when the wait ahead is longer. */
  budgetFor(realTimeFactor: number | null, estimatedWaitMs: number): JobBudget | null;
  clear(): void;
}

/** `startedAt` is `performance.now()` at the first byte of the request: its upload is part of the budget. */
export function createDeadline(
  startedAt: number,
  client: AbortSignal,
  { budgetMs, patienceMs }: DeadlineOptions,
): Deadline {
  if (budgetMs === null) {
    return {
      endsAt: Date.now() + patienceMs,
      signal: client,
      budgetFor: () => null,
      clear: () => undefined,
    };
  }
  const seconds = budgetMs / 1000;
  const leftMs = budgetMs - (performance.now() - startedAt);
  const endsAt = Date.now() + leftMs;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(budgetOver(seconds)), Math.max(0, leftMs));
  return {
    endsAt,
    signal: AbortSignal.any([client, over.signal]),
    budgetFor(realTimeFactor, estimatedWaitMs) {
      if (estimatedWaitMs > endsAt - Date.now()) throw waitTooLong(estimatedWaitMs, seconds);
      return { endsAt, seconds, realTimeFactor };
    },
    clear: () => clearTimeout(timer),
  };
}

function budgetOver(seconds: number): AppError {
  return new AppError(
    'transcription_timeout',
    `The budget of ${seconds} s (STT_REQUEST_BUDGET) ran out. Send the recording in shorter parts.`,
  );
}

function waitTooLong(estimatedWaitMs: number, seconds: number): AppError {
  return new AppError(
    'queue_timeout',
    `About ${Math.ceil(estimatedWaitMs / 1000)} s of work wait ahead, more than the budget of ${seconds} s ` +
      '(STT_REQUEST_BUDGET) allows. Try again later.',
    { retryAfterSeconds: estimatedWaitMs / 1000 },
  );
}
