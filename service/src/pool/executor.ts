/** The same `run()` as a pool's, over slots inside this process: threads, or the main thread itself. */
import { Alarm } from './alarm.ts';
import { InvalidOptions, PoolDraining, TaskError } from './errors.ts';
import type { Listener, TaskEvent } from './events.ts';
import { Emitter } from './events.ts';
import type { QueueSnapshot, TaskCounters } from './intake.ts';
import { Intake } from './intake.ts';
import type { Job, RunOptions, TaskResult } from './job.ts';
import { KeepAlive } from './keep-alive.ts';
import { toErrorFields } from './protocol.ts';
import type { QueueOptions } from './queue.ts';
import { QUEUE_DEFAULTS, queueFaults } from './queue.ts';

export interface SlotContext<Progress> {
  /** Aborted on the caller's abort, on a timeout and when the executor closes. Must be obeyed soon. */
  readonly signal: AbortSignal;
  /** Shows that the task is alive, and sends the value to the caller, if any. */
  progress(value?: Progress): void;
  /** Same meaning as in a worker: a longer deadline and the true cost. */
  extend(totalMs: number, costMs?: number): void;
}

export type SlotFunction<Request, Reply, Progress> = (
  request: Request,
  context: SlotContext<Progress>,
) => Promise<Reply>;

export interface ExecutorOptions<Request, Reply, Progress = never> {
  /** One function per slot, at least one; each is given one task at a time. */
  readonly slots: readonly SlotFunction<Request, Reply, Progress>[];
  /** What is left out is taken from the default. @default { maxCount: 256, maxWaitMs: 60000 } */
  readonly queue?: Partial<QueueOptions> | undefined;
  /** Deadline of a task unless it reports a longer one, and its longest silence, in ms. 0 is none. @default 300000 */
  readonly taskTimeoutMs?: number;
  readonly onEvent?: Listener<TaskEvent>;
}

export interface SlotSnapshot {
  readonly slot: number;
  /** `abandoned`: its caller was answered, but the work has not stopped yet, so the slot is not free. */
  readonly state: 'idle' | 'busy' | 'abandoned';
  readonly tasks: number;
  readonly busyMs: number;
}

export interface ExecutorSnapshot {
  readonly state: 'open' | 'draining' | 'closed';
  readonly slots: readonly SlotSnapshot[];
  readonly queue: QueueSnapshot;
  readonly counters: TaskCounters & { readonly listenerErrors: number };
}

export interface Executor<Request, Reply, Progress = never> {
  run(request: Request, options?: RunOptions<Progress>): Promise<TaskResult<Reply>>;
  snapshot(): ExecutorSnapshot;
  subscribe(listener: Listener<TaskEvent>): () => void;
  /**
   * Takes nothing more, answers what waits with `PoolDraining`, gives running tasks `graceMs`, then
   * answers them too and aborts their signals. Resolves when all slots are free, at the latest then.
   */
  drain(graceMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** @throws InvalidOptions naming every fault. */
export function createExecutor<Request, Reply, Progress = never>(
  options: ExecutorOptions<Request, Reply, Progress>,
): Executor<Request, Reply, Progress> {
  return new InProcessExecutor(options);
}

class InProcessExecutor<Request, Reply, Progress> implements Executor<Request, Reply, Progress> {
  readonly #timeoutMs: number;
  readonly #events = new Emitter<TaskEvent>();
  readonly #keepAlive = new KeepAlive();
  readonly #intake: Intake<Request, Reply, Progress>;
  readonly #slots: Slot<Request, Reply, Progress>[];
  readonly #drainAlarm = new Alarm(() => this.#finish());
  readonly #gone = Promise.withResolvers<void>();
  #state: ExecutorSnapshot['state'] = 'open';

  constructor(options: ExecutorOptions<Request, Reply, Progress>) {
    const { slots, taskTimeoutMs = 300_000 } = options;
    const queue = { ...QUEUE_DEFAULTS, ...options.queue };
    const faults = queueFaults(queue);
    if (slots.length === 0) faults.push('slots must hold at least one function, got none');
    if (!(taskTimeoutMs >= 0 && taskTimeoutMs < Infinity)) {
      faults.push(`taskTimeoutMs must be a finite number of at least 0, got ${taskTimeoutMs}`);
    }
    if (faults.length > 0) throw new InvalidOptions(faults);
    this.#timeoutMs = taskTimeoutMs;
    if (options.onEvent !== undefined) this.#events.subscribe(options.onEvent);
    this.#intake = new Intake(
      queue,
      {
        tryStart: (job) => this.#tryStart(job),
        queued: () => undefined,
        interrupt: (job) => this.#slots[job.slot]?.abandon(job, job.options.signal?.reason),
        isFree: () => this.#slots.some((slot) => slot.isFree),
        concurrency: () => this.#slots.length,
        remainingMs: (now) =>
          this.#slots.reduce(
            (sum, { job }) => sum + (job ? this.#intake.remainingMs(job, now) : 0),
            0,
          ),
      },
      this.#events,
      this.#keepAlive,
    );
    this.#slots = slots.map(
      (work, index) =>
        new Slot(index, work, {
          intake: this.#intake,
          onDue: (slot, job) => this.#taskDue(slot, job),
          onFree: () => this.#freed(),
        }),
    );
  }

  run(request: Request, options: RunOptions<Progress> = {}): Promise<TaskResult<Reply>> {
    return this.#intake.submit(request, options, () => undefined);
  }

  snapshot(): ExecutorSnapshot {
    const now = performance.now();
    return {
      state: this.#state,
      slots: this.#slots.map((slot) => slot.snapshot(now)),
      queue: this.#intake.queueSnapshot(),
      counters: { ...this.#intake.counters(), listenerErrors: this.#events.failures },
    };
  }

  subscribe(listener: Listener<TaskEvent>): () => void {
    return this.#events.subscribe(listener);
  }

  drain(graceMs = 30_000): Promise<void> {
    if (this.#state !== 'open') return this.#gone.promise;
    this.#state = 'draining';
    this.#keepAlive.hold();
    this.#intake.close();
    if (this.#slots.every((slot) => slot.isFree)) this.#finish();
    else this.#drainAlarm.set(performance.now() + graceMs);
    return this.#gone.promise;
  }

  close(): Promise<void> {
    const gone = this.drain();
    this.#finish();
    return gone;
  }

  #tryStart(job: Job<Request, Reply, Progress>): boolean {
    const slot = this.#slots.find((candidate) => candidate.isFree);
    slot?.start(job, this.#timeoutMs);
    return slot !== undefined;
  }

  #taskDue(slot: Slot<Request, Reply, Progress>, job: Job<Request, Reply, Progress>): void {
    const dueAt = job.dueAt(this.#timeoutMs);
    if (performance.now() < dueAt) {
      slot.alarm.set(dueAt);
      return;
    }
    const error = job.timeout(this.#timeoutMs);
    const { kind, elapsedMs } = error;
    this.#intake.reject(job, error);
    this.#events.emit({ type: 'timeout', id: job.id, slot: job.slot, kind, elapsedMs });
    slot.abandon(job, error);
  }

  #freed(): void {
    while (this.#slots.some((slot) => slot.isFree)) {
      const job = this.#intake.next();
      if (job === undefined) break;
      this.#tryStart(job);
    }
    if (this.#state === 'draining' && this.#slots.every((slot) => slot.isFree)) this.#finish();
  }

  #finish(): void {
    if (this.#state !== 'draining') return;
    this.#state = 'closed';
    this.#drainAlarm.cancel();
    for (const slot of this.#slots) {
      const { job } = slot;
      if (job === undefined) continue;
      const error = new PoolDraining();
      this.#intake.reject(job, error);
      slot.abandon(job, error);
    }
    this.#keepAlive.release();
    this.#keepAlive.close();
    this.#gone.resolve();
  }
}

interface SlotOwner<Request, Reply, Progress> {
  readonly intake: Intake<Request, Reply, Progress>;
  onDue(slot: Slot<Request, Reply, Progress>, job: Job<Request, Reply, Progress>): void;
  onFree(): void;
}

/** Free only when its function's promise has settled: what is still running still has the slot. */
class Slot<Request, Reply, Progress> {
  readonly alarm = new Alarm(() => {
    if (this.#job !== undefined) this.#owner.onDue(this, this.#job);
  });
  readonly #index: number;
  readonly #work: SlotFunction<Request, Reply, Progress>;
  readonly #owner: SlotOwner<Request, Reply, Progress>;
  #job: Job<Request, Reply, Progress> | undefined;
  #controller: AbortController | undefined;
  #since = 0;
  #tasks = 0;

  constructor(
    index: number,
    work: SlotFunction<Request, Reply, Progress>,
    owner: SlotOwner<Request, Reply, Progress>,
  ) {
    this.#index = index;
    this.#work = work;
    this.#owner = owner;
  }

  get isFree(): boolean {
    return this.#controller === undefined;
  }

  /** The job whose caller still waits. */
  get job(): Job<Request, Reply, Progress> | undefined {
    return this.#job;
  }

  start(job: Job<Request, Reply, Progress>, timeoutMs: number): void {
    const controller = new AbortController();
    this.#controller = controller;
    this.#job = job;
    this.#since = performance.now();
    job.start(this.#index, this.#since);
    this.#owner.intake.announce(job);
    this.alarm.set(job.dueAt(timeoutMs));
    void this.#perform(job, controller.signal);
  }

  /** The caller was answered; the work is told to stop. */
  abandon(job: Job<Request, Reply, Progress>, reason: unknown): void {
    if (this.#job !== job) return;
    this.#job = undefined;
    this.alarm.clear();
    this.#controller?.abort(reason);
  }

  snapshot(now: number): SlotSnapshot {
    return {
      slot: this.#index,
      state: this.isFree ? 'idle' : this.#job === undefined ? 'abandoned' : 'busy',
      tasks: this.#tasks,
      busyMs: this.isFree ? 0 : now - this.#since,
    };
  }

  async #perform(job: Job<Request, Reply, Progress>, signal: AbortSignal): Promise<void> {
    const { intake } = this.#owner;
    try {
      const reply = await this.#work(job.request, {
        signal,
        progress: (value) => {
          if (this.#job === job) intake.progressed(job, value);
        },
        extend: (totalMs, costMs = totalMs) => {
          if (this.#job === job) intake.extended(job, totalMs, costMs);
        },
      });
      intake.resolve(job, reply);
    } catch (error) {
      // A slot that is itself an outpost (a thread) may have carried a task's error over already.
      const carried = error instanceof TaskError ? error : undefined;
      intake.reject(job, carried ?? new TaskError(toErrorFields(error), error));
    }
    this.#job = undefined;
    this.#controller = undefined;
    this.#tasks += 1;
    this.alarm.clear();
    this.#owner.onFree();
  }
}
