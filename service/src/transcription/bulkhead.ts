/** How many calls of one engine run at once, over all places to run; the others wait for their turn. */
import { bulkhead } from 'cockatiel';
import { AppError } from '../errors.ts';
import { cancelledBy } from './cancelled.ts';

const RETRY_SECONDS = 5;

export interface BulkheadOptions {
  readonly engine: string;
  /** Null: as many as there are. */
  readonly concurrency: number | null;
  readonly queueSize: number;
  readonly queueTimeoutMs: number;
}

export interface Bulkhead {
  /**
   * Calls `task` with the milliseconds that it had to wait.
   * Rejects with `queue_full` or `queue_timeout`, or when the signal fires before its turn.
   */
  run<T>(task: (waitedMs: number) => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createBulkhead(options: BulkheadOptions): Bulkhead {
  const { engine, concurrency, queueSize, queueTimeoutMs } = options;
  if (concurrency === null) return { run: (task) => task(0) };
  // The library forgets an aborted entry only when its turn comes, so the queue is counted and bounded here.
  const slots = bulkhead(concurrency, Number.POSITIVE_INFINITY);
  let waiting = 0;

  /** Resolves with the function that gives the slot back. */
  async function enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw cancelledBy(signal);
    const turn = Promise.withResolvers<() => void>();
    const patience = new AbortController();
    const giveUp = (error: AppError) => {
      patience.abort();
      turn.reject(error);
    };
    const cancel = () => giveUp(cancelledBy(signal));
    const timer = setTimeout(() => giveUp(queueTimeout(engine, concurrency)), queueTimeoutMs);
    signal.addEventListener('abort', cancel, { once: true });
    const queued = slots.executionSlots === 0;
    if (queued) waiting += 1;
    slots
      .execute(() => {
        const held = Promise.withResolvers<void>();
        turn.resolve(held.resolve);
        return held.promise;
      }, patience.signal)
      // Given up while it waited: the waiting request has its error already.
      .catch(() => undefined);
    try {
      return await turn.promise;
    } finally {
      if (queued) waiting -= 1;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    }
  }

  return {
    async run(task, signal) {
      if (slots.executionSlots === 0 && waiting >= queueSize) {
        throw new AppError(
          'queue_full',
          `${concurrency} recordings are with ${engine} and ${waiting} wait, as many as may (PROCESS_QUEUE_SIZE). Try again later.`,
          { retryAfterSeconds: RETRY_SECONDS },
        );
      }
      const startedAt = performance.now();
      const leave = await enter(signal);
      try {
        return await task(performance.now() - startedAt);
      } finally {
        leave();
      }
    },
  };
}

function queueTimeout(engine: string, concurrency: number | null): AppError {
  return new AppError(
    'queue_timeout',
    `None of ${engine}'s ${concurrency} places came free within PROCESS_QUEUE_TIMEOUT. Try again later.`,
    { retryAfterSeconds: RETRY_SECONDS },
  );
}
