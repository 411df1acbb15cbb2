/** Keeps as many workers alive as are wanted, and hears of everything that happens to them. */
import { BootBreaker } from './boot-breaker.ts';
import type { BootFailureReason, ExitDetails } from './errors.ts';
import { BootFailed } from './errors.ts';
import type { Emitter, PoolEvent } from './events.ts';
import { canReadMemory } from './memory.ts';
import type { ResolvedOptions } from './options.ts';
import type { ChildMessage } from './protocol.ts';
import { Recycler } from './recycler.ts';
import { Replacement } from './replacement.ts';
import { Roster } from './roster.ts';
import type { PoolCounters } from './snapshot.ts';
import type { EndReason, WorkerExit, WorkerListener, WorkerTask } from './worker-handle.ts';
import { WorkerHandle } from './worker-handle.ts';

export type TaskMessage = Exclude<ChildMessage, { type: 'ready' | 'init-failed' }>;

export interface CrewOwner<Task extends WorkerTask> {
  /** Tasks waiting for a worker now. */
  waiting(): number;
  /** A worker became usable, or stopped being so: try to hand out tasks. */
  onChange(): void;
  onMessage(worker: WorkerHandle<Task>, message: TaskMessage): void;
  /** The alarm of a busy worker went off. */
  onTaskDue(worker: WorkerHandle<Task>, task: Task): void;
  /** The worker died with the task in hand. */
  onCrash(worker: WorkerHandle<Task>, task: Task, exit: WorkerExit): void;
  /** The worker was killed for its memory with the task in hand. */
  onMemoryKill(task: Task, memoryBytes: number, limitBytes: number): void;
  /** Nobody works and nobody will soon. */
  onUnavailable(): void;
  /** The last process is gone and none will follow. */
  onGone(): void;
}

const DRAIN: EndReason = { kind: 'drain' };

const isLive = (worker: WorkerHandle): boolean => worker.isLive;
const isUsable = (worker: WorkerHandle): boolean => worker.isUsable;

export class Crew<Task extends WorkerTask> {
  readonly roster: Roster<Task>;
  readonly breaker: BootBreaker;
  readonly #options: ResolvedOptions;
  readonly #owner: CrewOwner<Task>;
  readonly #events: Emitter<PoolEvent>;
  readonly #recycler: Recycler;
  readonly #replacement: Replacement<Task>;
  readonly #listener: WorkerListener<Task>;
  #phase: 'new' | 'open' | 'closing' = 'new';
  #ticker: ReturnType<typeof setInterval> | undefined;
  #workersStarted = 0;
  #bootFailures = 0;
  #strayMessages = 0;
  readonly #crashes: Record<string, number> = {};

  constructor(options: ResolvedOptions, owner: CrewOwner<Task>, events: Emitter<PoolEvent>) {
    this.#options = options;
    this.#owner = owner;
    this.#events = events;
    // One slot more than workers that serve: room for a spare, or for one that is on its way out.
    this.roster = new Roster(options.size + 1);
    this.#recycler = new Recycler(options);
    this.#replacement = new Replacement(options, this.roster, events, () => this.#wanted());
    this.breaker = new BootBreaker(options, () => this.balance());
    this.#listener = {
      onMessage: (worker, message) => this.#receive(worker, message),
      onStray: () => this.stray(),
      onExit: (worker, exit) => this.#exited(worker, exit),
      onAlarm: (worker) => this.#alarmed(worker),
      onFault: (error) => this.#events.emit({ type: 'internal-error', error }),
    };
  }

  open(): void {
    if (this.#phase !== 'new') return;
    this.#phase = 'open';
    this.balance();
  }

  get usable(): number {
    return this.roster.count(isUsable);
  }

  get live(): number {
    return this.roster.count(isLive);
  }

  get isUnavailable(): boolean {
    return this.breaker.isOpen && this.usable === 0;
  }

  get counters(): Pick<
    PoolCounters,
    'workersStarted' | 'bootFailures' | 'crashes' | 'recycles' | 'strayMessages'
  > {
    return {
      workersStarted: this.#workersStarted,
      bootFailures: this.#bootFailures,
      crashes: { ...this.#crashes },
      recycles: { ...this.#replacement.counts },
      strayMessages: this.#strayMessages,
    };
  }

  stray(): void {
    this.#strayMessages += 1;
  }

  /** Brings what is alive to what is wanted. Called after every change of either. */
  balance(): void {
    if (this.#phase !== 'open') return;
    this.#replacement.advance();
    while (this.#mayStart()) if (!this.#start()) break;
    if (this.isUnavailable) this.#owner.onUnavailable();
  }

  /** More tasks wait: a pool of fixed size has nothing to do about it. */
  demandGrew(): void {
    if (this.#options.minSize !== this.#options.size) this.balance();
  }

  /** A worker took a task. */
  started(worker: WorkerHandle<Task>): void {
    this.#recycler.taskStarted(worker);
    if (worker.due !== undefined) this.balance();
  }

  /** A worker ended a task and lives. */
  ended(worker: WorkerHandle<Task>, reportedBytes: number | undefined, now: number): void {
    worker.release(now);
    this.breaker.proven();
    if (this.#phase === 'closing') {
      worker.retire(DRAIN, now + this.#options.retireTimeoutMs);
      return;
    }
    if (!this.#recycler.taskEnded(worker, reportedBytes, now)) {
      this.#replacement.record(worker, 'memory_ahead');
      worker.kill({ kind: 'memory' });
      this.balance();
    } else if (worker.due !== undefined) this.balance();
  }

  /** Ends a busy worker together with its task and refills its place at once. */
  killBusy(worker: WorkerHandle<Task>): void {
    worker.kill({ kind: 'task' });
    this.balance();
  }

  /** Lets idle workers go; the busy ones follow when their task ends. */
  drain(): void {
    this.#phase = 'closing';
    const deadlineAt = performance.now() + this.#options.retireTimeoutMs;
    for (const worker of this.roster.all) {
      if (worker.state === 'starting') worker.kill(DRAIN);
      else if (worker.state === 'idle') worker.retire(DRAIN, deadlineAt);
    }
    this.#checkGone();
  }

  /** Ends those still busy: asked first, killed after `patienceMs`, at once when that is 0. */
  endBusy(patienceMs: number): void {
    for (const worker of this.roster.all) {
      if (patienceMs === 0) worker.kill(DRAIN);
      else if (worker.state === 'busy') {
        worker.terminate(DRAIN, performance.now() + patienceMs);
      }
    }
  }

  /** How many workers should serve now. */
  #wanted(): number {
    const { size, minSize } = this.#options;
    if (minSize === size) return size;
    return Math.min(size, Math.max(minSize, this.roster.inState('busy') + this.#owner.waiting()));
  }

  #mayStart(): boolean {
    return (
      this.live < this.#wanted() + this.#replacement.spares &&
      this.roster.freeSlot !== undefined &&
      this.breaker.allows(this.roster.inState('starting'))
    );
  }

  #start(): boolean {
    const options = this.#options;
    const slot = this.roster.freeSlot;
    if (slot === undefined) return false;
    const startedAt = performance.now();
    let worker: WorkerHandle<Task>;
    try {
      worker = new WorkerHandle(slot, this.#recycler.drawLimits(), options, this.#listener);
    } catch (error) {
      this.#bootFailed(slot, startedAt, 'spawn', String(error));
      return false;
    }
    this.roster.add(worker);
    this.#workersStarted += 1;
    this.#ticker ??= this.#startTicker();
    if (options.bootTimeoutMs > 0) worker.alarm.set(startedAt + options.bootTimeoutMs);
    this.#events.emit({ type: 'worker-started', slot, pid: worker.pid });
    worker.initialize({
      type: 'init',
      data: options.init,
      maxMessageBytes: options.maxMessageBytes,
      reportMemory: !canReadMemory,
    });
    return true;
  }

  #receive(worker: WorkerHandle<Task>, message: ChildMessage): void {
    if (message.type === 'ready') this.#ready(worker, message.memoryBytes);
    else if (message.type !== 'init-failed') this.#owner.onMessage(worker, message);
    else if (worker.state === 'starting') {
      const { name, message: text } = message.error;
      this.#killStarting(worker, 'init', `init threw ${name}: ${text}`);
    }
  }

  #ready(worker: WorkerHandle<Task>, memoryBytes: number): void {
    if (!worker.ready(memoryBytes)) return;
    if (this.breaker.succeeded()) this.#events.emit({ type: 'breaker', state: 'closed' });
    this.#events.emit({
      type: 'worker-ready',
      slot: worker.slot,
      pid: worker.pid,
      startMs: performance.now() - worker.spawnedAt,
      memoryBytes: worker.memoryAtReadyBytes,
    });
    this.#owner.onChange();
    this.balance();
  }

  #alarmed(worker: WorkerHandle<Task>): void {
    if (worker.state === 'starting') {
      const limit = this.#options.bootTimeoutMs;
      this.#killStarting(worker, 'timeout', `not ready within ${limit} ms`);
    } else if (worker.state === 'retiring') {
      worker.child.signalGroup('SIGKILL');
    } else if (worker.task !== undefined) {
      this.#owner.onTaskDue(worker, worker.task);
    }
  }

  #exited(worker: WorkerHandle<Task>, exit: WorkerExit): void {
    const { slot, pid, task, tasks, endReason } = worker;
    this.roster.remove(worker);
    const expected = endReason !== undefined;
    this.#events.emit({ type: 'worker-exited', slot, pid, ...exit, tasks, expected });
    if (!expected) this.#died(worker, exit, task);
    this.balance();
    this.#owner.onChange();
    if (this.roster.all.length === 0) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
    }
    this.#checkGone();
  }

  /** An end that this side did not ask for, whatever the exit code says. */
  #died(worker: WorkerHandle<Task>, exit: WorkerExit, task: Task | undefined): void {
    if (worker.readyAt === undefined) {
      void this.#reportFailedStart(worker, exit, this.breaker.failed(worker.spawnedAt));
      return;
    }
    const kind = exit.signal ?? 'exit';
    this.#crashes[kind] = (this.#crashes[kind] ?? 0) + 1;
    if (task === undefined && worker.tasks === 0) this.breaker.failed(worker.spawnedAt, true);
    void this.#reportCrash(worker, exit, task);
    if (task !== undefined) this.#owner.onCrash(worker, task, exit);
  }

  async #reportFailedStart(
    { slot, child }: WorkerHandle<Task>,
    exit: WorkerExit,
    retryInMs: number,
  ): Promise<void> {
    const stderrTail = await child.lastWords();
    const detail = 'it ended before it was ready';
    this.#reportBootFailure(slot, 'exit', detail, retryInMs, { ...exit, stderrTail });
  }

  async #reportCrash(
    { slot, pid, child }: WorkerHandle<Task>,
    exit: WorkerExit,
    task: Task | undefined,
  ): Promise<void> {
    const stderrTail = await child.lastWords();
    this.#events.emit({ type: 'crash', slot, pid, ...exit, task: task?.id, stderrTail });
  }

  #killStarting(worker: WorkerHandle<Task>, reason: BootFailureReason, detail: string): void {
    worker.kill({ kind: 'boot' });
    this.#bootFailed(worker.slot, worker.spawnedAt, reason, detail);
    this.balance();
  }

  #bootFailed(slot: number, startedAt: number, reason: BootFailureReason, detail: string): void {
    this.#reportBootFailure(slot, reason, detail, this.breaker.failed(startedAt));
  }

  #reportBootFailure(
    slot: number,
    reason: BootFailureReason,
    detail: string,
    retryInMs: number,
    exit?: ExitDetails,
  ): void {
    this.#bootFailures += 1;
    const error = new BootFailed(reason, detail, exit);
    this.breaker.lastError = error;
    const { failures } = this.breaker;
    this.#events.emit({ type: 'boot-failed', slot, error, failures, retryInMs });
    if (this.breaker.announceOpen()) this.#events.emit({ type: 'breaker', state: 'open' });
    if (this.isUnavailable) this.#owner.onUnavailable();
  }

  /** The one regular timer: at 1 Hz it costs nothing, and it exists only while workers do. */
  #startTicker(): ReturnType<typeof setInterval> {
    const ticker = setInterval(() => this.#tick(), this.#options.sampleIntervalMs);
    ticker.unref();
    return ticker;
  }

  #tick(): void {
    const now = performance.now();
    const limitBytes = this.#recycler.hardLimitBytes;
    for (const worker of this.roster.all) {
      if (!worker.isLive) continue;
      worker.sample();
      if (worker.memoryBytes > limitBytes) this.#killForMemory(worker, limitBytes);
      else if (worker.isUsable) this.#recycler.tick(worker, now);
    }
    if (this.#phase !== 'open') return;
    this.#replacement.scaleDown(now);
    this.balance();
  }

  #killForMemory(worker: WorkerHandle<Task>, limitBytes: number): void {
    const { task, tasks, memoryBytes } = worker;
    const detail = `it held ${memoryBytes} bytes, the hard limit is ${limitBytes}`;
    if (worker.state === 'starting') {
      this.#killStarting(worker, 'memory', detail);
      return;
    }
    this.#replacement.record(worker, 'memory_hard');
    worker.kill({ kind: 'memory' });
    if (task !== undefined) this.#owner.onMemoryKill(task, memoryBytes, limitBytes);
    else if (tasks === 0) this.breaker.failed(worker.spawnedAt, true);
  }

  #checkGone(): void {
    if (this.#phase !== 'closing' || this.roster.all.length > 0) return;
    this.breaker.close();
    this.#owner.onGone();
  }
}
