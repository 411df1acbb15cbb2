/** Decides which worker is due for replacement, and why. It looks, it does not act. */
import type { RecycleReason } from './events.ts';
import type { ResolvedOptions } from './options.ts';
import type { WorkerHandle, WorkerLimits } from './worker-handle.ts';

/** Share of a worker's age limit at which its spare is started. */
const SPARE_AT_AGE = 0.8;

/** The runtime gives memory back late: only what is still held so much later counts. */
const SETTLE_MS = 500;

/** Judged so lately, a worker is not sampled again at the end of a task: short tasks must not pay for it each. */
const FRESH_JUDGEMENT_MS = 250;

export class Recycler {
  readonly #options: ResolvedOptions;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /** Draws a worker's own limits, spread so that workers started together are not due together. */
  drawLimits(): WorkerLimits {
    const { maxTasks, taskJitter, maxAgeMs, ageJitter } = this.#options;
    return {
      taskLimit:
        maxTasks === 0
          ? Infinity
          : Math.max(1, maxTasks - Math.floor(maxTasks * taskJitter * Math.random())),
      ageLimitMs: maxAgeMs === 0 ? Infinity : maxAgeMs * (1 - ageJitter * Math.random()),
    };
  }

  get hardLimitBytes(): number {
    const { maxRssBytes, hardRssFactor } = this.#options;
    return maxRssBytes > 0 && hardRssFactor > 0 ? maxRssBytes * hardRssFactor : Infinity;
  }

  /** At the start of a task: the last one it should take brings its spare under way. */
  taskStarted(worker: WorkerHandle): void {
    if (worker.tasks + 1 >= worker.limits.taskLimit) worker.due ??= 'tasks';
  }

  /**
   * At the end of a task, when the worker is idle again. False when one more task like its largest could take it past the
   * hard limit, and would then be killed with it: it must not get one, however young it is.
   */
  taskEnded(worker: WorkerHandle, reportedBytes: number | undefined, now: number): boolean {
    if (this.#options.maxRssBytes === 0 && reportedBytes === undefined) return true;
    if (now - worker.judgedAt < FRESH_JUDGEMENT_MS && !this.#isNearLimit(worker)) return true;
    if (!worker.sampleAfterTask(reportedBytes)) return true;
    this.#judgeSoftMemory(worker, now);
    return worker.memoryBytes + worker.largestGrowthBytes <= this.hardLimitBytes;
  }

  #isNearLimit({ memoryBytes, largestGrowthBytes }: WorkerHandle): boolean {
    return memoryBytes + largestGrowthBytes > this.#options.maxRssBytes;
  }

  /** At each tick, after a fresh sample. Only a worker between tasks is judged by its memory. */
  tick(worker: WorkerHandle, now: number): void {
    const { idleRecycleMs } = this.#options;
    if (this.#lifetimeMs(worker, now) >= SPARE_AT_AGE * worker.limits.ageLimitMs) {
      this.#flag(worker, 'age', now);
    }
    if (worker.state !== 'idle') return;
    this.#judgeSoftMemory(worker, now);
    if (idleRecycleMs > 0 && worker.inStateMs(now) >= idleRecycleMs && this.#holdsTooMuch(worker)) {
      this.#flag(worker, 'idle_memory', now);
    }
  }

  #judgeSoftMemory(worker: WorkerHandle, now: number): void {
    const { maxRssBytes } = this.#options;
    worker.judgedAt = now;
    if (maxRssBytes === 0 || worker.memoryBytes <= maxRssBytes) {
      worker.overSoftSince = undefined;
      return;
    }
    worker.overSoftSince ??= now;
    if (now - worker.overSoftSince >= SETTLE_MS) this.#flag(worker, 'memory', now);
  }

  #holdsTooMuch(worker: WorkerHandle): boolean {
    const { idleRecycleFactor, idleRecycleFloorBytes } = this.#options;
    const { memoryBytes, memoryAtReadyBytes } = worker;
    return (
      memoryBytes > memoryAtReadyBytes * idleRecycleFactor &&
      memoryBytes - memoryAtReadyBytes >= idleRecycleFloorBytes
    );
  }

  /** The minimum lifetime keeps a limit below what a fresh worker needs from replacing it for ever. */
  #flag(worker: WorkerHandle, reason: RecycleReason, now: number): void {
    if (this.#lifetimeMs(worker, now) >= this.#options.minLifetimeMs) worker.due ??= reason;
  }

  #lifetimeMs(worker: WorkerHandle, now: number): number {
    return worker.readyAt === undefined ? 0 : now - worker.readyAt;
  }
}
