/** The way in and the way out of a task, shared by pools and executors: each is settled exactly once. */
import type { PoolError } from './errors.ts';
import { PoolDraining, TaskAborted, TaskError } from './errors.ts';
import type { RejectReason, TaskEventSink, TaskOutcome } from './events.ts';
import type { RunOptions, TaskResult } from './job.ts';
import { Job } from './job.ts';
import type { Queue, QueueOptions } from './queue.ts';
import { createQueue } from './queue.ts';
import type { KeepAlive } from './keep-alive.ts';

export interface IntakeOwner<Request, Reply, Progress> {
  /** Takes the job, just submitted, if somebody is free for it; false to queue it. */
  tryStart(job: Job<Request, Reply, Progress>): boolean;
  /** A job was put into the queue. */
  queued(): void;
  /** Stops a job that was taken out of the queue; it is settled already. */
  interrupt(job: Job<Request, Reply, Progress>): void;
  isFree(): boolean;
  concurrency(): number;
  remainingMs(now: number): number;
}

export interface TaskCounters {
  /** Tasks handed in. Always the sum of `settled` plus those waiting or running. */
  readonly submitted: number;
  readonly settled: Readonly<Record<TaskOutcome, number>>;
}

export interface QueueSnapshot {
  readonly depth: number;
  readonly bytes: number;
  readonly oldestMs: number;
  /** Undefined until the first task was measured. */
  readonly estimatedWaitMs: number | undefined;
}

const REJECT_REASONS: ReadonlySet<string> = new Set<RejectReason>([
  'queue_full',
  'queue_timeout',
  'pool_unavailable',
  'pool_draining',
  'message_too_large',
]);

export class Intake<Request, Reply, Progress> {
  readonly queue: Queue<Job<Request, Reply, Progress>>;
  readonly #owner: IntakeOwner<Request, Reply, Progress>;
  readonly #events: TaskEventSink;
  readonly #keepAlive: KeepAlive;
  #nextId = 1;
  #closed = false;
  readonly #settled: Record<TaskOutcome, number> = {
    completed: 0,
    task_error: 0,
    task_aborted: 0,
    task_timeout: 0,
    worker_crashed: 0,
    memory_limit: 0,
    message_too_large: 0,
    queue_full: 0,
    queue_timeout: 0,
    pool_unavailable: 0,
    pool_draining: 0,
  };

  constructor(
    queueOptions: QueueOptions,
    owner: IntakeOwner<Request, Reply, Progress>,
    events: TaskEventSink,
    keepAlive: KeepAlive,
  ) {
    this.#owner = owner;
    this.#events = events;
    this.#keepAlive = keepAlive;
    this.queue = createQueue<Job<Request, Reply, Progress>>(queueOptions, {
      onDrop: (job, error) => this.reject(job, error),
      isFree: () => owner.isFree(),
      concurrency: () => owner.concurrency(),
      remainingMs: (now) => owner.remainingMs(now),
    });
  }

  /** @param refusal asked first; what it returns is the task's answer. */
  submit(
    request: Request,
    options: RunOptions<Progress>,
    refusal: (request: Request) => PoolError | TaskError | undefined,
  ): Promise<TaskResult<Reply>> {
    const { promise, resolve, reject } = Promise.withResolvers<TaskResult<Reply>>();
    const job = new Job<Request, Reply, Progress>(
      this.#nextId++,
      request,
      options,
      resolve,
      reject,
    );
    this.#keepAlive.hold();
    const error = this.#refuse(options) ?? refusal(request);
    if (error !== undefined) this.reject(job, error);
    else this.#accept(job);
    return promise;
  }

  /** The job that should start next, out of the queue. */
  next(): Job<Request, Reply, Progress> | undefined {
    return this.queue.next()?.item;
  }

  /** Reports the attempt under way, once; at the latest when the job settles, so that no end is without a start. */
  announce(job: Job<Request, Reply, Progress>): void {
    const { attempts: attempt, slot } = job;
    if (job.announced === attempt) return;
    job.announced = attempt;
    if (this.#events.active) {
      const { id, queueMs } = job;
      this.#events.emit({ type: 'task-started', id, slot, attempt, queueMs });
    }
    const { onStart } = job.options;
    if (onStart !== undefined) this.#events.call(onStart, { slot, attempt, queueMs: job.queueMs });
  }

  /** The task is alive; it may have something to say. */
  progressed(job: Job<Request, Reply, Progress>, progress: Progress | undefined): void {
    job.progressAt = performance.now();
    const { onProgress } = job.options;
    if (onProgress !== undefined && progress !== undefined) this.#events.call(onProgress, progress);
  }

  /** The task told its true size: a longer deadline, and a cost to correct the books with. */
  extended(job: Job<Request, Reply, Progress>, totalMs: number, costMs: number): void {
    job.extend(totalMs, costMs);
    if (job.entry !== undefined) this.queue.correct(job.entry, costMs);
  }

  resolve(job: Job<Request, Reply, Progress>, reply: Reply, now: number = performance.now()): void {
    if (job.settled) return;
    this.queue.estimator.observe(job.costMs, now - job.attemptAt);
    this.#settle(job, 'completed', now);
    job.resolve({
      reply,
      queueMs: job.queueMs,
      runMs: now - job.startedAt,
      attempts: job.attempts,
      slot: job.slot,
    });
  }

  reject(job: Job<Request, Reply, Progress>, error: PoolError | TaskError): void {
    if (job.settled) return;
    const outcome = error instanceof TaskError ? 'task_error' : (error.code as TaskOutcome);
    this.#settle(job, outcome, performance.now());
    if (job.startedAt === 0 && REJECT_REASONS.has(outcome) && this.#events.active) {
      this.#events.emit({
        type: 'rejected',
        id: job.id,
        reason: outcome as RejectReason,
        retryAfterMs: (error as PoolError).retryAfterMs,
      });
    }
    job.reject(error);
  }

  /** From now on nothing is taken, and what waits is answered. */
  close(): number {
    const dropped = this.queue.depth;
    this.#closed = true;
    this.queue.clear(() => new PoolDraining());
    return dropped;
  }

  counters(): TaskCounters {
    return { submitted: this.#nextId - 1, settled: { ...this.#settled } };
  }

  queueSnapshot(): QueueSnapshot {
    const { depth, bytes } = this.queue;
    return {
      depth,
      bytes,
      oldestMs: this.queue.oldestMs(),
      estimatedWaitMs: this.queue.estimatedWaitMs(),
    };
  }

  /** Expected time left of a running job, 0 when unknown or over. */
  remainingMs(job: Job<Request, Reply, Progress>, now: number): number {
    const runMs = this.queue.estimator.runMs(job.costMs) ?? 0;
    return Math.max(0, runMs - (now - job.attemptAt));
  }

  #refuse(options: RunOptions<Progress>): PoolError | undefined {
    if (options.signal?.aborted === true) return new TaskAborted(options.signal.reason);
    return this.#closed ? new PoolDraining() : undefined;
  }

  #accept(job: Job<Request, Reply, Progress>): void {
    const { signal, bytes } = job.options;
    if (signal !== undefined) {
      job.onAbort = () => this.#abort(job, signal);
      signal.addEventListener('abort', job.onAbort, { once: true });
    }
    if (this.queue.depth === 0 && this.#owner.tryStart(job)) return;
    try {
      job.entry = this.queue.enqueue(job, { costMs: job.costMs, bytes }, job.submittedAt);
    } catch (error) {
      this.reject(job, error as PoolError);
      return;
    }
    if (this.#events.active) {
      this.#events.emit({ type: 'task-queued', id: job.id, depth: this.queue.depth });
    }
    this.#owner.queued();
  }

  #abort(job: Job<Request, Reply, Progress>, signal: AbortSignal): void {
    const waiting = job.entry !== undefined && this.queue.remove(job.entry);
    this.reject(job, new TaskAborted(signal.reason));
    if (!waiting) this.#owner.interrupt(job);
  }

  #settle(job: Job<Request, Reply, Progress>, outcome: TaskOutcome, now: number): void {
    job.settled = true;
    this.#settled[outcome] += 1;
    this.#keepAlive.release();
    if (job.onAbort !== undefined) job.options.signal?.removeEventListener('abort', job.onAbort);
    this.announce(job);
    if (!this.#events.active) return;
    this.#events.emit({
      type: 'task-settled',
      id: job.id,
      outcome,
      slot: job.slot,
      attempts: job.attempts,
      queueMs: job.queueMs,
      runMs: job.startedAt === 0 ? 0 : now - job.startedAt,
    });
  }
}
