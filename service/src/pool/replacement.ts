/** Takes workers out of service one at a time, each only when the others can do without it. */
import type { Emitter, PoolEvent, RecycleReason } from './events.ts';
import type { ResolvedOptions } from './options.ts';
import type { Roster } from './roster.ts';
import type { WorkerHandle, WorkerTask } from './worker-handle.ts';

export class Replacement<Task extends WorkerTask> {
  readonly counts: Record<RecycleReason, number> = {
    tasks: 0,
    age: 0,
    memory: 0,
    memory_ahead: 0,
    memory_hard: 0,
    idle_memory: 0,
    idle: 0,
  };
  readonly #options: ResolvedOptions;
  readonly #roster: Roster<Task>;
  readonly #events: Emitter<PoolEvent>;
  readonly #wanted: () => number;
  /** The one worker that will leave as soon as the others are enough. */
  #candidate: WorkerHandle<Task> | undefined;

  /** @param wanted how many workers should serve now. */
  constructor(
    options: ResolvedOptions,
    roster: Roster<Task>,
    events: Emitter<PoolEvent>,
    wanted: () => number,
  ) {
    this.#options = options;
    this.#roster = roster;
    this.#events = events;
    this.#wanted = wanted;
  }

  /** Workers to keep on top of those wanted: one while its replacement is on the way. */
  get spares(): number {
    return this.#candidate?.isUsable === true ? 1 : 0;
  }

  /**
   * Picks the next worker that is due, and lets it go once it is idle and the others are enough.
   * Until then it serves on; if its spare cannot start, it stays.
   */
  advance(): void {
    if (this.#candidate?.isUsable !== true) {
      const due = (worker: WorkerHandle<Task>): boolean =>
        worker.isUsable && worker.due !== undefined;
      this.#candidate = this.#isRetiring() ? undefined : this.#roster.find(due);
    }
    const candidate = this.#candidate;
    if (candidate?.due === undefined || candidate.state !== 'idle') return;
    if (this.#roster.count(({ isUsable }) => isUsable) - 1 >= this.#wanted()) {
      this.#retire(candidate, candidate.due);
    }
  }

  /** Lets the surplus of an elastic pool go after its idle time, one at a time as well. */
  scaleDown(now: number): void {
    const { minSize, size, idleTimeoutMs } = this.#options;
    if (minSize === size || idleTimeoutMs === 0) return;
    if (this.#candidate !== undefined || this.#isRetiring()) return;
    if (this.#roster.count(({ isLive }) => isLive) <= this.#wanted()) return;
    const idle = this.#roster.find(
      (worker) => worker.state === 'idle' && worker.inStateMs(now) >= idleTimeoutMs,
    );
    if (idle !== undefined) this.#retire(idle, 'idle');
  }

  /** Counts and reports an end for that reason; ending the worker is the caller's part. */
  record(worker: WorkerHandle<Task>, reason: RecycleReason): void {
    this.counts[reason] += 1;
    const { slot, pid, tasks, memoryBytes, spawnedAt } = worker;
    const ageMs = performance.now() - spawnedAt;
    this.#events.emit({ type: 'recycle', slot, pid, reason, tasks, ageMs, memoryBytes });
  }

  #isRetiring(): boolean {
    return this.#roster.find(({ endReason }) => endReason?.kind === 'planned') !== undefined;
  }

  #retire(worker: WorkerHandle<Task>, recycle: RecycleReason): void {
    this.record(worker, recycle);
    const deadlineAt = performance.now() + this.#options.retireTimeoutMs;
    worker.retire({ kind: 'planned', recycle }, deadlineAt);
  }
}
