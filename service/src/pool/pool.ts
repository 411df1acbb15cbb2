/** The pool: takes tasks, hands each to a worker, and answers each exactly once. */
import { Alarm } from './alarm.ts';
import type { TaskMessage } from './crew.ts';
import { Crew } from './crew.ts';
import type { PoolError } from './errors.ts';
import { MemoryLimit, MessageTooLarge, PoolDraining, TaskError, WorkerCrashed } from './errors.ts';
import type { Listener, PoolEvent } from './events.ts';
import { Emitter } from './events.ts';
import { Intake } from './intake.ts';
import type { Job, RunOptions, TaskResult } from './job.ts';
import { KeepAlive } from './keep-alive.ts';
import type { PoolOptions, ResolvedOptions } from './options.ts';
import { resolveOptions } from './options.ts';
import { jsonBytes, toErrorFields } from './protocol.ts';
import type { PoolSnapshot } from './snapshot.ts';
import { stateCounts, workerSnapshots } from './snapshot.ts';
import { Urgent } from './urgent.ts';
import type { WorkerExit, WorkerHandle } from './worker-handle.ts';

type AnswerMessage = Exclude<TaskMessage, { type: 'progress' | 'extend' }>;

/** How long a worker may take to end after SIGTERM, once its grace is over. */
const TERMINATE_PATIENCE_MS = 500;

export interface Pool<Request, Reply, Progress = never> {
  /** Whether a task would be served now: at least one worker is usable, or none is kept warm. */
  readonly ready: boolean;
  /** Resolves when `minSize` workers were ready for the first time; failed starts are tried again. */
  start(): Promise<void>;
  /** Starts the pool if need be. Rejects with a `PoolError`, or a `TaskError` for what the task threw. */
  run(request: Request, options?: RunOptions<Progress>): Promise<TaskResult<Reply>>;
  snapshot(): PoolSnapshot;
  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener<PoolEvent>): () => void;
  /**
   * Takes nothing more, answers what waits with `PoolDraining`, gives running tasks `graceMs`, then
   * ends their workers. Resolves when no process is left. The first call counts.
   */
  drain(graceMs?: number): Promise<void>;
  /** Ends everything at once, also in the middle of a drain. */
  close(): Promise<void>;
}

/** @throws InvalidOptions naming every fault. Nothing is started before `start()` or `run()`. */
export function createPool<Request, Reply, Progress = never>(
  options: PoolOptions,
): Pool<Request, Reply, Progress> {
  return new ProcessPool<Request, Reply, Progress>(resolveOptions(options));
}

class ProcessPool<Request, Reply, Progress> implements Pool<Request, Reply, Progress> {
  readonly #options: ResolvedOptions;
  readonly #events = new Emitter<PoolEvent>();
  readonly #keepAlive = new KeepAlive();
  readonly #intake: Intake<Request, Reply, Progress>;
  readonly #crew: Crew<Job<Request, Reply, Progress>>;
  readonly #urgent: Urgent<Job<Request, Reply, Progress>>;
  readonly #drainAlarm = new Alarm(() => this.#endBusy(TERMINATE_PATIENCE_MS));
  readonly #warm = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  #state: PoolSnapshot['state'] = 'new';
  #isWarm = false;
  #retries = 0;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    if (options.onEvent !== undefined) this.#events.subscribe(options.onEvent);
    this.#warm.promise.catch(() => undefined);
    this.#urgent = new Urgent(options.taskTimeoutMs, (job) =>
      this.#giveUp(job, job.timeout(options.taskTimeoutMs)),
    );
    this.#intake = new Intake(
      options.queue,
      {
        tryStart: (job) => this.#tryStart(job, job.submittedAt),
        queued: () => this.#crew.demandGrew(),
        interrupt: (job) => this.#interrupt(job),
        isFree: () => this.#crew.roster.idle() !== undefined,
        concurrency: () => Math.max(1, this.#crew.live),
        remainingMs: (now) => this.#remainingMs(now),
      },
      this.#events,
      this.#keepAlive,
    );
    this.#crew = new Crew(
      options,
      {
        waiting: () => this.#intake.queue.depth + this.#urgent.length,
        onChange: () => this.#changed(),
        onMessage: (worker, message) => this.#receive(worker, message),
        onTaskDue: (worker, job) => this.#taskDue(worker, job),
        onCrash: (worker, job, exit) => this.#crashed(worker, job, exit),
        onMemoryKill: (job, bytes, limit) =>
          this.#intake.reject(job, new MemoryLimit(bytes, limit)),
        onUnavailable: () => this.#rejectWaiting(() => this.#crew.breaker.unavailable()),
        onGone: () => this.#closed(),
      },
      this.#events,
    );
  }

  get ready(): boolean {
    if (this.#state !== 'open') return false;
    if (this.#crew.usable > 0) return true;
    return this.#options.minSize === 0 && !this.#crew.breaker.isOpen;
  }

  async start(): Promise<void> {
    this.#open();
    this.#keepAlive.hold();
    try {
      await this.#warm.promise;
    } finally {
      this.#keepAlive.release();
    }
  }

  run(request: Request, options: RunOptions<Progress> = {}): Promise<TaskResult<Reply>> {
    this.#open();
    return this.#intake.submit(request, options, this.#refusal);
  }

  snapshot(): PoolSnapshot {
    const { size, minSize } = this.#options;
    return {
      state: this.#state,
      ready: this.ready,
      size,
      minSize,
      workers: workerSnapshots(this.#crew.roster),
      states: stateCounts(this.#crew.roster),
      queue: this.#intake.queueSnapshot(),
      breaker: this.#crew.breaker.snapshot(),
      counters: {
        ...this.#intake.counters(),
        ...this.#crew.counters,
        retries: this.#retries,
        listenerErrors: this.#events.failures,
      },
    };
  }

  subscribe(listener: Listener<PoolEvent>): () => void {
    return this.#events.subscribe(listener);
  }

  drain(graceMs = 30_000): Promise<void> {
    if (this.#state === 'draining' || this.#state === 'closed') return this.#gone.promise;
    this.#state = 'draining';
    this.#keepAlive.hold();
    const running = this.#crew.roster.inState('busy');
    const dropped = this.#intake.queue.depth + this.#urgent.length;
    this.#intake.close();
    this.#rejectWaiting(() => new PoolDraining());
    this.#warm.reject(new PoolDraining());
    this.#events.emit({ type: 'draining', running, dropped });
    this.#drainAlarm.set(performance.now() + graceMs);
    this.#crew.drain();
    return this.#gone.promise;
  }

  close(): Promise<void> {
    const gone = this.drain();
    this.#endBusy(0);
    return gone;
  }

  #open(): void {
    if (this.#state !== 'new') return;
    this.#state = 'open';
    this.#crew.open();
    this.#checkWarm();
  }

  readonly #refusal = (request: Request): PoolError | TaskError | undefined => {
    if (this.#crew.isUnavailable) return this.#crew.breaker.unavailable();
    const { maxMessageBytes } = this.#options;
    try {
      const bytes = jsonBytes(request);
      return bytes > maxMessageBytes
        ? new MessageTooLarge('request', bytes, maxMessageBytes)
        : undefined;
    } catch (error) {
      return new TaskError({ ...toErrorFields(error), code: 'request_not_json' }, error);
    }
  };

  #checkWarm(): void {
    if (this.#isWarm || this.#crew.usable < this.#options.minSize) return;
    this.#isWarm = true;
    this.#warm.resolve();
  }

  #changed(): void {
    this.#checkWarm();
    this.#feed();
  }

  /** Gives waiting jobs to idle workers until one of them runs out. */
  #feed(): void {
    for (;;) {
      if (this.#urgent.length > 0 && !this.#feedUrgent()) return;
      if (this.#intake.queue.depth === 0 || this.#crew.roster.idle() === undefined) return;
      const job = this.#intake.next();
      if (job !== undefined && !this.#tryStart(job, performance.now())) this.#urgent.putBack(job);
    }
  }

  /**
   * The first job that lost its worker: one that was tried waits for a worker that has done nothing
   * yet while such a worker is coming. False when no idle worker is left for the queue either.
   */
  #feedUrgent(): boolean {
    const job = this.#urgent.first;
    const { roster } = this.#crew;
    if (job === undefined) return true;
    const fresh = job.attempts === 0 ? undefined : roster.idle((worker) => worker.tasks === 0);
    if (fresh === undefined && job.attempts > 0 && roster.inState('starting') > 0) return true;
    const worker = fresh ?? roster.idle();
    if (worker === undefined) return false;
    this.#urgent.shift();
    if (!this.#assign(worker, job, performance.now())) this.#urgent.putBack(job);
    return true;
  }

  #tryStart(job: Job<Request, Reply, Progress>, now: number): boolean {
    for (;;) {
      const worker = this.#crew.roster.idle();
      if (worker === undefined) return false;
      if (this.#assign(worker, job, now)) return true;
    }
  }

  #assign(
    worker: WorkerHandle<Job<Request, Reply, Progress>>,
    job: Job<Request, Reply, Progress>,
    now: number,
  ): boolean {
    if (!this.#send(worker, job, now)) return false;
    this.#intake.announce(job);
    this.#crew.started(worker);
    return true;
  }

  /** Calls no listener: the first one to run finds a job and a worker that know of each other. */
  #send(
    worker: WorkerHandle<Job<Request, Reply, Progress>>,
    job: Job<Request, Reply, Progress>,
    now: number,
  ): boolean {
    if (!worker.assign(job, job.request, now)) {
      // Its channel is closed: it counts as crashed once it is gone, and the job never reached it.
      worker.child.signalGroup('SIGKILL');
      return false;
    }
    job.start(worker.slot, now);
    worker.alarm.set(job.dueAt(this.#options.taskTimeoutMs));
    return true;
  }

  /** Gives a worker that just ended a job the next one in line, unsaid as yet: the child starts on it meanwhile. */
  #sendNext(
    worker: WorkerHandle<Job<Request, Reply, Progress>>,
    now: number,
  ): Job<Request, Reply, Progress> | undefined {
    if (worker.state !== 'idle' || this.#urgent.length > 0) return undefined;
    const job = this.#intake.next();
    if (job === undefined || this.#send(worker, job, now)) return job;
    this.#urgent.putBack(job);
    return undefined;
  }

  #receive(worker: WorkerHandle<Job<Request, Reply, Progress>>, message: TaskMessage): void {
    const job = worker.task;
    if (job === undefined || job.id !== message.id) {
      this.#crew.stray();
      return;
    }
    if (message.type === 'progress') {
      this.#intake.progressed(job, message.value as Progress | undefined);
    } else if (message.type === 'extend') {
      this.#intake.extended(job, message.totalMs, message.costMs);
    } else {
      this.#ended(worker, job, message);
    }
  }

  /** The worker gets its next job before anything is said about the last one: it need not wait for that. */
  #ended(
    worker: WorkerHandle<Job<Request, Reply, Progress>>,
    job: Job<Request, Reply, Progress>,
    message: AnswerMessage,
  ): void {
    const now = performance.now();
    this.#crew.ended(worker, message.type === 'reply' ? message.memoryBytes : undefined, now);
    const next = this.#sendNext(worker, now);
    if (message.type === 'reply') this.#intake.resolve(job, message.reply as Reply, now);
    else this.#intake.reject(job, this.#answerError(message));
    if (next !== undefined) {
      this.#intake.announce(next);
      this.#crew.started(worker);
    }
    this.#feed();
  }

  #answerError(message: Exclude<AnswerMessage, { type: 'reply' }>): TaskError | MessageTooLarge {
    if (message.type === 'error') return new TaskError(message.error);
    return new MessageTooLarge('reply', message.bytes, this.#options.maxMessageBytes);
  }

  /** Progress and a longer deadline do not move the alarm; it is set anew when it went off too early. */
  #taskDue(
    worker: WorkerHandle<Job<Request, Reply, Progress>>,
    job: Job<Request, Reply, Progress>,
  ): void {
    const { taskTimeoutMs } = this.#options;
    const dueAt = job.dueAt(taskTimeoutMs);
    if (performance.now() < dueAt) {
      worker.alarm.set(dueAt);
      return;
    }
    const error = job.timeout(taskTimeoutMs);
    const { kind, elapsedMs } = error;
    this.#intake.reject(job, error);
    this.#events.emit({ type: 'timeout', id: job.id, slot: job.slot, kind, elapsedMs });
    this.#crew.killBusy(worker);
  }

  /** The caller gave up on a job that is not in the queue any more. */
  #interrupt(job: Job<Request, Reply, Progress>): void {
    const worker = this.#crew.roster.at(job.slot);
    if (worker?.task === job) this.#crew.killBusy(worker);
    else this.#urgent.remove(job);
  }

  #crashed(
    worker: WorkerHandle<Job<Request, Reply, Progress>>,
    job: Job<Request, Reply, Progress>,
    exit: WorkerExit,
  ): void {
    const deadlineAt = job.deadlineAt(this.#options.taskTimeoutMs);
    const mayRetry = this.#state === 'open' && job.attempts <= this.#options.maxRetries;
    if (mayRetry && performance.now() < deadlineAt) {
      job.crash = { ...exit, stderrTail: worker.child.stderrTail() };
      this.#retries += 1;
      this.#events.emit({ type: 'retry', id: job.id, attempt: job.attempts + 1 });
      this.#urgent.push(job);
      return;
    }
    void this.#rejectCrashed(worker, job, exit);
  }

  async #rejectCrashed(
    worker: WorkerHandle<Job<Request, Reply, Progress>>,
    job: Job<Request, Reply, Progress>,
    exit: WorkerExit,
  ): Promise<void> {
    const stderrTail = await worker.child.lastWords();
    this.#intake.reject(job, new WorkerCrashed({ ...exit, stderrTail }, job.attempts));
  }

  #rejectWaiting(error: () => PoolError): void {
    for (const job of this.#urgent.takeAll()) this.#giveUp(job, error());
    this.#intake.queue.clear(error);
  }

  /** A job that was tried is told about its crash, which is why it has no answer, unless it may ask elsewhere. */
  #giveUp(job: Job<Request, Reply, Progress>, error: PoolError): void {
    const crash = error instanceof PoolDraining ? undefined : job.crash;
    this.#intake.reject(job, crash === undefined ? error : new WorkerCrashed(crash, job.attempts));
  }

  #remainingMs(now: number): number {
    let sum = 0;
    for (const worker of this.#crew.roster.slots) {
      if (worker?.task !== undefined) sum += this.#intake.remainingMs(worker.task, now);
    }
    return sum;
  }

  #endBusy(patienceMs: number): void {
    const running = this.#crew.roster.all.flatMap(({ task }) => task ?? []);
    this.#crew.endBusy(patienceMs);
    for (const job of running) this.#intake.reject(job, new PoolDraining());
  }

  #closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#urgent.close();
    this.#drainAlarm.cancel();
    this.#keepAlive.release();
    this.#keepAlive.close();
    this.#events.emit({ type: 'closed' });
    this.#gone.resolve();
  }
}
