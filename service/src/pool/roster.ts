/** The workers by slot. Every number is derived from their states when asked: a kept count can drift. */
import type { WorkerHandle, WorkerState, WorkerTask } from './worker-handle.ts';

export class Roster<Task extends WorkerTask = WorkerTask> {
  readonly #slots: (WorkerHandle<Task> | undefined)[];

  constructor(slots: number) {
    this.#slots = Array.from({ length: slots });
  }

  /** The lowest free slot; slot numbers are re-used, so they can label a metric. */
  get freeSlot(): number | undefined {
    const slot = this.#slots.indexOf(undefined);
    return slot === -1 ? undefined : slot;
  }

  get all(): WorkerHandle<Task>[] {
    return this.#slots.filter((worker) => worker !== undefined);
  }

  /** Empty slots included: for the hot path, which makes no copy. */
  get slots(): readonly (WorkerHandle<Task> | undefined)[] {
    return this.#slots;
  }

  add(worker: WorkerHandle<Task>): void {
    this.#slots[worker.slot] = worker;
  }

  remove(worker: WorkerHandle<Task>): void {
    if (this.#slots[worker.slot] === worker) this.#slots[worker.slot] = undefined;
  }

  at(slot: number): WorkerHandle<Task> | undefined {
    return this.#slots[slot];
  }

  count(accepts: (worker: WorkerHandle<Task>) => boolean): number {
    let count = 0;
    for (const worker of this.#slots) if (worker !== undefined && accepts(worker)) count += 1;
    return count;
  }

  find(accepts: (worker: WorkerHandle<Task>) => boolean): WorkerHandle<Task> | undefined {
    return this.#slots.find((worker) => worker !== undefined && accepts(worker));
  }

  inState(state: WorkerState): number {
    return this.count((worker) => worker.state === state);
  }

  /** The idle worker that worked last: its caches are warm, and the others can grow cold and leave. */
  idle(accepts?: (worker: WorkerHandle<Task>) => boolean): WorkerHandle<Task> | undefined {
    let best: WorkerHandle<Task> | undefined;
    for (const worker of this.#slots) {
      if (worker === undefined || worker.state !== 'idle') continue;
      if (accepts !== undefined && !accepts(worker)) continue;
      if (best === undefined || worker.stateSince > best.stateSince) best = worker;
    }
    return best;
  }
}
