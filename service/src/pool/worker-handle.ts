/** One child process as a state machine: what it is doing, since when, and what it holds. */
import { Alarm } from './alarm.ts';
import type { RecycleReason } from './events.ts';
import { canReadMemory, readMemoryBytes } from './memory.ts';
import type { ChildMessage, ParentMessage } from './protocol.ts';
import { isChildMessage } from './protocol.ts';
import type { ChildProcess, SpawnOptions } from './spawn.ts';
import { spawnChild } from './spawn.ts';

export type WorkerState = 'starting' | 'idle' | 'busy' | 'retiring' | 'dead';

/** Why this side ended a worker. Noted before the signal is sent: from outside, a kill looks like any other. */
export type EndReason =
  | { readonly kind: 'planned'; readonly recycle: RecycleReason }
  | { readonly kind: 'task' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'boot' }
  | { readonly kind: 'drain' };

export interface WorkerExit {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** What a worker works on; the rest of it is the scheduler's business. */
export interface WorkerTask {
  readonly id: number;
}

export interface WorkerListener<Task extends WorkerTask> {
  onMessage(worker: WorkerHandle<Task>, message: ChildMessage): void;
  /** A message came that is not ours. */
  onStray(worker: WorkerHandle<Task>): void;
  onExit(worker: WorkerHandle<Task>, exit: WorkerExit): void;
  /** The time set with `alarm` has come. */
  onAlarm(worker: WorkerHandle<Task>): void;
  onFault(error: unknown): void;
}

export interface WorkerLimits {
  /** Recycle after this many tasks, Infinity for never. */
  readonly taskLimit: number;
  /** Recycle before this age in ms, Infinity for never. */
  readonly ageLimitMs: number;
}

export type ChildSettings = Pick<
  SpawnOptions,
  'entry' | 'env' | 'runtimeFlags' | 'stderrTailBytes'
>;

const ALLOWED: Readonly<Record<WorkerState, readonly WorkerState[]>> = {
  starting: ['idle', 'retiring', 'dead'],
  idle: ['busy', 'retiring', 'dead'],
  busy: ['idle', 'retiring', 'dead'],
  retiring: ['dead'],
  dead: [],
};

/** A closed channel is usually followed by the exit at once; a child that stays is ended after this. */
const DISCONNECT_PATIENCE_MS = 250;

export class WorkerHandle<Task extends WorkerTask = WorkerTask> {
  readonly slot: number;
  readonly limits: WorkerLimits;
  readonly spawnedAt = performance.now();
  readonly alarm: Alarm;
  readonly child: ChildProcess;
  readonly #listener: WorkerListener<Task>;
  #state: WorkerState = 'starting';
  #endReason: EndReason | undefined;
  #channelClosed = false;
  #stateSince = this.spawnedAt;
  #task: Task | undefined;
  #tasks = 0;
  #readyAt: number | undefined;
  #memoryBytes = 0;
  #memoryAtReadyBytes = 0;
  #memoryAfterTaskBytes = 0;
  #largestGrowthBytes = 0;
  /** Since when every sample between tasks was over the soft limit. */
  overSoftSince: number | undefined;
  /** When its memory was last held against the soft limit. */
  judgedAt = -Infinity;
  /** Why it should be replaced; stays set once it is. */
  due: RecycleReason | undefined;

  /** @throws what the system throws when no process can be started. */
  constructor(
    slot: number,
    limits: WorkerLimits,
    settings: ChildSettings,
    listener: WorkerListener<Task>,
  ) {
    this.slot = slot;
    this.limits = limits;
    this.#listener = listener;
    this.alarm = new Alarm(() => this.#due());
    this.child = spawnChild({
      ...settings,
      onMessage: (message) => this.#receive(message),
      onDisconnect: () => this.#disconnected(),
      onExit: (exitCode, signal) => this.#exited({ exitCode, signal }),
      onFault: (error) => listener.onFault(error),
    });
  }

  get state(): WorkerState {
    return this.#state;
  }

  get pid(): number {
    return this.child.pid;
  }

  get task(): Task | undefined {
    return this.#task;
  }

  /** Tasks finished. */
  get tasks(): number {
    return this.#tasks;
  }

  /** `performance.now()` at ready, undefined before. */
  get readyAt(): number | undefined {
    return this.#readyAt;
  }

  get endReason(): EndReason | undefined {
    return this.#endReason;
  }

  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  get memoryAtReadyBytes(): number {
    return this.#memoryAtReadyBytes;
  }

  /** The most that it gained from the end of one task to that of the next; several short ones may count as one. */
  get largestGrowthBytes(): number {
    return this.#largestGrowthBytes;
  }

  get isLive(): boolean {
    return this.#state === 'starting' || this.isUsable;
  }

  get isUsable(): boolean {
    return this.#state === 'idle' || this.#state === 'busy';
  }

  get stateSince(): number {
    return this.#stateSince;
  }

  /** Time in the present state. */
  inStateMs(now: number): number {
    return now - this.#stateSince;
  }

  ready(memoryBytes: number): boolean {
    if (this.#state !== 'starting' || !this.#move('idle')) return false;
    this.#readyAt = this.#stateSince;
    this.#memoryAtReadyBytes = readMemoryBytes(this.pid) ?? memoryBytes;
    this.#memoryBytes = this.#memoryAtReadyBytes;
    this.#memoryAfterTaskBytes = this.#memoryAtReadyBytes;
    this.alarm.clear();
    return true;
  }

  /** Hands over what `init` needs; an undelivered one shows as a failed start. */
  initialize(message: Extract<ParentMessage, { type: 'init' }>): void {
    try {
      this.child.send(message);
    } catch {
      this.child.signalGroup('SIGKILL');
    }
  }

  /** Hands a task over; false when it could not be delivered, the worker is unusable then. */
  assign(task: Task, request: unknown, now: number): boolean {
    if (!this.#move('busy', now)) return false;
    this.#task = task;
    try {
      this.child.send({ type: 'run', id: task.id, request });
      return true;
    } catch {
      this.#task = undefined;
      return false;
    }
  }

  /** The task in hand ended; the worker is idle again. */
  release(now: number): void {
    this.#task = undefined;
    this.#tasks += 1;
    this.#move('idle', now);
    this.alarm.clear();
  }

  /** Asks an idle worker to leave; it is killed when it has not left by the deadline. */
  retire(reason: EndReason, deadlineAt: number): void {
    if (!this.#move('retiring')) return;
    this.#endReason = reason;
    this.alarm.set(deadlineAt);
    this.child.disconnect();
  }

  /** Lets go of the task and asks the whole group to end; a kill follows at the deadline. */
  terminate(reason: EndReason, deadlineAt: number): void {
    if (!this.#end(reason)) return;
    this.alarm.set(deadlineAt);
    this.child.signalGroup('SIGTERM');
  }

  /** Lets go of the task and kills the whole group. */
  kill(reason: EndReason): void {
    this.#end(reason);
    this.child.signalGroup('SIGKILL');
  }

  /** Reads the child's memory, or takes what it reported. Returns false when nothing is known. */
  sample(reportedBytes?: number): boolean {
    const bytes = canReadMemory ? readMemoryBytes(this.pid) : reportedBytes;
    if (bytes === undefined) return false;
    this.#memoryBytes = bytes;
    return true;
  }

  /** As `sample`, for an idle worker after a task: notes what it gained since the task before. */
  sampleAfterTask(reportedBytes?: number): boolean {
    if (!this.sample(reportedBytes)) return false;
    const growthBytes = this.#memoryBytes - this.#memoryAfterTaskBytes;
    this.#largestGrowthBytes = Math.max(this.#largestGrowthBytes, growthBytes);
    this.#memoryAfterTaskBytes = this.#memoryBytes;
    return true;
  }

  #end(reason: EndReason): boolean {
    this.#task = undefined;
    if (!this.#move('retiring')) return false;
    this.#endReason = reason;
    return true;
  }

  /** Every change of state passes here; a change that the table does not list is refused. */
  #move(next: WorkerState, now: number = performance.now()): boolean {
    if (!ALLOWED[this.#state].includes(next)) return false;
    this.#state = next;
    this.#stateSince = now;
    return true;
  }

  #receive(message: unknown): void {
    if (isChildMessage(message)) this.#listener.onMessage(this, message);
    else this.#listener.onStray(this);
  }

  #disconnected(): void {
    if (!this.isLive) return;
    this.#channelClosed = true;
    this.alarm.set(performance.now() + DISCONNECT_PATIENCE_MS);
  }

  #due(): void {
    // No reason is noted: the worker hung up on us, so its end counts as a crash.
    if (this.#channelClosed && this.isLive) this.child.signalGroup('SIGKILL');
    else this.#listener.onAlarm(this);
  }

  #exited(exit: WorkerExit): void {
    this.alarm.cancel();
    if (this.#move('dead')) this.#listener.onExit(this, exit);
  }
}
