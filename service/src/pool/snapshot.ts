/** What a pool looks like from outside at one moment. */
import type { BreakerSnapshot } from './boot-breaker.ts';
import type { RecycleReason } from './events.ts';
import type { QueueSnapshot, TaskCounters } from './intake.ts';
import type { Roster } from './roster.ts';
import type { WorkerHandle, WorkerState } from './worker-handle.ts';

export interface WorkerSnapshot {
  /** 0 to `size`; re-used, so it is bounded where a pid is not. */
  readonly slot: number;
  readonly pid: number;
  readonly state: WorkerState;
  /** Tasks finished. */
  readonly tasks: number;
  /** Since spawn. */
  readonly ageMs: number;
  /** Last sample: anonymous memory on Linux, else the resident set the worker reported. */
  readonly memoryBytes: number;
  readonly memoryAtReadyBytes: number;
  /** How long the task in hand has been running, 0 without one. */
  readonly busyMs: number;
  /** Why it will be replaced as soon as its spare is ready. */
  readonly due: RecycleReason | undefined;
}

export interface PoolCounters extends TaskCounters {
  readonly retries: number;
  readonly workersStarted: number;
  readonly bootFailures: number;
  /** Unexpected ends by signal name, or `exit` where the process ended by itself. */
  readonly crashes: Readonly<Record<string, number>>;
  readonly recycles: Readonly<Record<RecycleReason, number>>;
  /** Messages that were late, or not ours. */
  readonly strayMessages: number;
  readonly listenerErrors: number;
}

export interface PoolSnapshot {
  readonly state: 'new' | 'open' | 'draining' | 'closed';
  readonly ready: boolean;
  readonly size: number;
  readonly minSize: number;
  readonly workers: readonly WorkerSnapshot[];
  /** Number of workers in each state; `dead` ones are gone, so it is always 0. */
  readonly states: Readonly<Record<WorkerState, number>>;
  readonly queue: QueueSnapshot;
  readonly breaker: BreakerSnapshot;
  readonly counters: PoolCounters;
}

export function workerSnapshots(roster: Roster): WorkerSnapshot[] {
  const now = performance.now();
  return roster.all.map((worker) => workerSnapshot(worker, now));
}

export function stateCounts(roster: Roster): Record<WorkerState, number> {
  const counts = { starting: 0, idle: 0, busy: 0, retiring: 0, dead: 0 };
  for (const worker of roster.all) counts[worker.state] += 1;
  return counts;
}

function workerSnapshot(worker: WorkerHandle, now: number): WorkerSnapshot {
  return {
    slot: worker.slot,
    pid: worker.pid,
    state: worker.state,
    tasks: worker.tasks,
    ageMs: now - worker.spawnedAt,
    memoryBytes: worker.memoryBytes,
    memoryAtReadyBytes: worker.memoryAtReadyBytes,
    busyMs: worker.state === 'busy' ? worker.inStateMs(now) : 0,
    due: worker.due,
  };
}
