/** What a pool tells the outside while it works, and the one place that calls listeners. */
import type { BootFailed, PoolErrorCode } from './errors.ts';

/** How a task ended. Every task that was handed in ends in exactly one of these. */
export type TaskOutcome = 'completed' | 'task_error' | Exclude<PoolErrorCode, 'boot_failed'>;

/** Why a task was turned away before it ever ran. */
export type RejectReason = Extract<
  TaskOutcome,
  'queue_full' | 'queue_timeout' | 'pool_unavailable' | 'pool_draining' | 'message_too_large'
>;

/**
 * Why a healthy worker was replaced. `memory` is the soft limit, `memory_hard` the kill, `memory_ahead` the end of one
 * that the next task could have led to the kill,
 * `idle_memory` an idle worker that kept too much, `idle` a worker above `minSize` nobody needed.
 */
export type RecycleReason =
  'tasks' | 'age' | 'memory' | 'memory_ahead' | 'memory_hard' | 'idle_memory' | 'idle';

/** Events of tasks, sent by pools and executors alike. `id` is unique within its pool. */
export type TaskEvent =
  | { readonly type: 'task-queued'; readonly id: number; readonly depth: number }
  | {
      readonly type: 'task-started';
      readonly id: number;
      readonly slot: number;
      readonly attempt: number;
      readonly queueMs: number;
    }
  | {
      readonly type: 'task-settled';
      readonly id: number;
      readonly outcome: TaskOutcome;
      /** Last slot that held the task, -1 when it never started. */
      readonly slot: number;
      readonly attempts: number;
      readonly queueMs: number;
      readonly runMs: number;
    }
  | {
      readonly type: 'rejected';
      readonly id: number;
      readonly reason: RejectReason;
      readonly retryAfterMs: number | undefined;
    }
  | {
      readonly type: 'timeout';
      readonly id: number;
      readonly slot: number;
      readonly kind: 'deadline' | 'stall';
      readonly elapsedMs: number;
    };

/** Events of worker processes. */
export type WorkerEvent =
  | { readonly type: 'worker-started'; readonly slot: number; readonly pid: number }
  | {
      readonly type: 'worker-ready';
      readonly slot: number;
      readonly pid: number;
      /** From spawn to ready. */
      readonly startMs: number;
      readonly memoryBytes: number;
    }
  | {
      readonly type: 'worker-exited';
      readonly slot: number;
      readonly pid: number;
      readonly signal: string | undefined;
      readonly exitCode: number | undefined;
      readonly tasks: number;
      /** False for a crash; true when the pool asked for it. */
      readonly expected: boolean;
    }
  | {
      readonly type: 'recycle';
      readonly slot: number;
      readonly pid: number;
      readonly reason: RecycleReason;
      readonly tasks: number;
      readonly ageMs: number;
      readonly memoryBytes: number;
    }
  | {
      readonly type: 'crash';
      readonly slot: number;
      readonly pid: number;
      readonly signal: string | undefined;
      readonly exitCode: number | undefined;
      /** The task it held, undefined when it was idle. */
      readonly task: number | undefined;
      readonly stderrTail: string;
    }
  | { readonly type: 'retry'; readonly id: number; readonly attempt: number }
  | {
      readonly type: 'boot-failed';
      readonly slot: number;
      readonly error: BootFailed;
      readonly failures: number;
      readonly retryInMs: number;
    }
  | { readonly type: 'breaker'; readonly state: 'open' | 'closed' }
  | { readonly type: 'draining'; readonly running: number; readonly dropped: number }
  | { readonly type: 'closed' }
  /** A fault of the pool itself, kept from taking the process down; please report it. */
  | { readonly type: 'internal-error'; readonly error: unknown };

export type PoolEvent = TaskEvent | WorkerEvent;

export type Listener<Event> = (event: Event) => void;

/** The part of an emitter that whoever reports tasks needs. */
export type TaskEventSink = Pick<Emitter<TaskEvent>, 'active' | 'emit' | 'call'>;

/** Calls listeners so that none of them, sync or async, can take the process down. */
export class Emitter<Event> {
  readonly #listeners = new Set<Listener<Event>>();
  #failures = 0;

  /** Read before an event is built: without listeners the hot path allocates none. */
  get active(): boolean {
    return this.#listeners.size > 0;
  }

  /** How often a listener or a task callback threw. */
  get failures(): number {
    return this.#failures;
  }

  subscribe(listener: Listener<Event>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: Event): void {
    for (const listener of this.#listeners) this.call(listener, event);
  }

  /** Calls any foreign function under the same protection. */
  call<Argument>(callback: (argument: Argument) => unknown, argument: Argument): void {
    try {
      const result = callback(argument);
      if (result instanceof Promise) result.catch(() => this.#failed());
    } catch {
      this.#failed();
    }
  }

  #failed(): void {
    this.#failures += 1;
  }
}
