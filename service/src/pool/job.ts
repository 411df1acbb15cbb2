/** One task on its way through a pool or an executor: its times, its deadline and its promise. */
import type { ExitDetails } from './errors.ts';
import { TaskTimeout } from './errors.ts';
import type { QueueEntry } from './queue.ts';

export interface TaskStart {
  readonly slot: number;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly queueMs: number;
}

export interface RunOptions<Progress> {
  /** Aborting answers the caller at once and ends the task, wherever it is. */
  readonly signal?: AbortSignal | undefined;
  /** Estimated cost in ms: chooses the lane and feeds the wait estimate. @default 1 */
  readonly costMs?: number | undefined;
  /** Bytes that the task holds while it waits, counted against `queue.maxBytes`. @default 0 */
  readonly bytes?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called each time the task is handed to a slot: once more after a crash. */
  readonly onStart?: ((start: TaskStart) => void) | undefined;
}

export interface TaskResult<Reply> {
  readonly reply: Reply;
  /** From `run()` to the first start. */
  readonly queueMs: number;
  /** From the first start to the reply: time lost to a crash is in it. */
  readonly runMs: number;
  readonly attempts: number;
  readonly slot: number;
}

export class Job<Request, Reply, Progress> {
  readonly id: number;
  readonly request: Request;
  readonly options: RunOptions<Progress>;
  readonly submittedAt = performance.now();
  readonly resolve: (result: TaskResult<Reply>) => void;
  readonly reject: (error: Error) => void;
  costMs: number;
  entry: QueueEntry<Job<Request, Reply, Progress>> | undefined;
  onAbort: (() => void) | undefined;
  settled = false;
  attempts = 0;
  /** Last attempt whose start was reported. */
  announced = 0;
  slot = -1;
  /** First start, 0 before it. The deadline counts from here, across attempts. */
  startedAt = 0;
  /** Start of the attempt under way. */
  attemptAt = 0;
  /** Last sign of life of the attempt under way. */
  progressAt = 0;
  /** How the last attempt's worker ended, where it crashed. */
  crash: ExitDetails | undefined;
  /** Longer deadline that the task asked for, counted from the first start. */
  #extendedMs = 0;

  constructor(
    id: number,
    request: Request,
    options: RunOptions<Progress>,
    resolve: (result: TaskResult<Reply>) => void,
    reject: (error: Error) => void,
  ) {
    this.id = id;
    this.request = request;
    this.options = options;
    this.costMs = options.costMs ?? 1;
    this.resolve = resolve;
    this.reject = reject;
  }

  get queueMs(): number {
    return (this.startedAt === 0 ? performance.now() : this.startedAt) - this.submittedAt;
  }

  start(slot: number, now: number): void {
    if (this.startedAt === 0) this.startedAt = now;
    this.attemptAt = now;
    this.progressAt = now;
    this.attempts += 1;
    this.slot = slot;
  }

  extend(totalMs: number, costMs: number): void {
    this.#extendedMs = Math.max(this.#extendedMs, totalMs);
    this.costMs = costMs;
    this.progressAt = performance.now();
  }

  /** When the whole task must have ended; `timeoutMs` 0 is never. */
  deadlineAt(timeoutMs: number): number {
    return timeoutMs === 0 || this.startedAt === 0
      ? Infinity
      : this.startedAt + this.#limitMs(timeoutMs);
  }

  /** When the task must be looked at next: its deadline, or the end of its patience without progress. */
  dueAt(timeoutMs: number): number {
    return timeoutMs === 0
      ? Infinity
      : Math.min(this.deadlineAt(timeoutMs), this.progressAt + timeoutMs);
  }

  timeout(timeoutMs: number): TaskTimeout {
    const now = performance.now();
    return now >= this.deadlineAt(timeoutMs)
      ? new TaskTimeout('deadline', now - this.startedAt, this.#limitMs(timeoutMs))
      : new TaskTimeout('stall', now - this.progressAt, timeoutMs);
  }

  #limitMs(timeoutMs: number): number {
    return Math.max(timeoutMs, this.#extendedMs);
  }
}
