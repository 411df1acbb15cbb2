/** Looks at a pool from outside, many times a second, and notes every moment that breaks a promise. */
import type { Pool, PoolEvent } from '../../src/pool/index.ts';
import { startOf } from './waiting.ts';

const INTERVAL_MS = 10;
const MAX_TASKS = 1_000_000;

export interface CensusOptions {
  readonly size: number;
  readonly minSize: number;
}

export class Census {
  readonly breaches = new Map<string, number>();
  samples = 0;
  mostProcesses = 0;
  /** Longest time below the minimum without a break; starts that were made to fail are in it. */
  longestShortageMs = 0;
  settledTwice = 0;
  #settlements = 0;
  readonly #settled = new Uint8Array(MAX_TASKS);
  readonly #pool: Pool<never, unknown, never>;
  readonly #options: CensusOptions;
  /** Of each worker that was not seen dead yet: when it was started. */
  readonly #pids = new Map<number, string | undefined>();
  #shortSince: number | undefined;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(pool: Pool<never, unknown, never>, options: CensusOptions) {
    this.#pool = pool;
    this.#options = options;
    pool.subscribe((event) => this.#hear(event));
    this.#timer = setInterval(() => this.#sample(), INTERVAL_MS);
  }

  /** Settlements that the pool told of. */
  get settlements(): number {
    return this.#settlements;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Workers that run at this moment, asked of the system and not of the pool. */
  survivors(): number[] {
    for (const [pid, start] of this.#pids) {
      if (start === undefined || startOf(pid) !== start) this.#pids.delete(pid);
    }
    return [...this.#pids.keys()];
  }

  #hear(event: PoolEvent): void {
    if (event.type === 'worker-started') {
      this.#pids.set(event.pid, startOf(event.pid));
      this.#countProcesses();
    } else if (event.type === 'task-settled') {
      this.#settlements += 1;
      const times = (this.#settled[event.id] ?? 0) + 1;
      this.#settled[event.id] = times;
      if (times > 1) this.settledTwice += 1;
    } else if (event.type === 'internal-error') {
      this.#breach(`internal error: ${String(event.error)}`);
    }
  }

  #countProcesses(): void {
    const processes = this.survivors().length;
    this.mostProcesses = Math.max(this.mostProcesses, processes);
    if (processes > this.#options.size + 1) this.#breach(`${processes} processes`);
  }

  #sample(): void {
    this.samples += 1;
    this.#countProcesses();
    const { size, minSize } = this.#options;
    const { states, workers, breaker } = this.#pool.snapshot();
    const live = states.starting + states.idle + states.busy;
    const replacing = workers.some(({ due }) => due !== undefined) ? 1 : 0;
    if (live > size + replacing) this.#breach(`${live} live, ${replacing} being replaced`);
    // While no start fails, only those still on their way out may be missing, as far as `size + 1` leaves no room.
    const floor = Math.min(minSize, size + 1 - states.retiring);
    if (breaker.state === 'closed' && live < floor) {
      this.#breach(`${live} live with ${states.retiring} retiring`);
    }
    const now = performance.now();
    if (live >= minSize) this.#shortSince = undefined;
    else this.#shortSince ??= now;
    this.longestShortageMs = Math.max(this.longestShortageMs, now - (this.#shortSince ?? now));
  }

  #breach(what: string): void {
    this.breaches.set(what, (this.breaches.get(what) ?? 0) + 1);
  }
}
