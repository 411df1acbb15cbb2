/** Kills the workers of a running service, each with the same chance at every moment, whatever its state. */
import type { Dice } from './random.ts';
import type { Served } from './served.ts';
import { startOf } from './waiting.ts';

export class WorkerKiller {
  /** Kills by the state that `/status` gave the worker. */
  readonly kills: Record<string, number> = {};
  readonly pids = new Set<number>();
  readonly #served: Served;
  readonly #dice: Dice;
  readonly #meanLifeMs: number;
  #isRunning = true;
  readonly #running: Promise<void>;

  /** @param meanLifeMs how long a worker lives on average where nothing else ends it. */
  constructor(served: Served, dice: Dice, meanLifeMs: number) {
    this.#served = served;
    this.#dice = dice;
    this.#meanLifeMs = meanLifeMs;
    this.#running = this.#work();
  }

  get total(): number {
    return Object.values(this.kills).reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#running;
  }

  /**
   * Shots at slots, not at workers: one at an empty slot misses. So a worker's chance does not depend on how many
   * others there are, and the time it may expect to live is the mean life at every moment.
   */
  async #work(): Promise<void> {
    let slots: number | undefined;
    let nextAt = performance.now();
    while (this.#isRunning) {
      nextAt += this.#dice.exponential(this.#meanLifeMs / (slots ?? 1));
      while (this.#isRunning && performance.now() < nextAt) {
        await Bun.sleep(Math.min(20, Math.max(1, nextAt - performance.now())));
      }
      if (!this.#isRunning) return;
      try {
        const { pool } = await this.#served.status();
        slots = pool.size + 1;
        const slot = this.#dice.between(0, pool.size);
        const victim = pool.workers.find((worker) => worker.slot === slot);
        if (victim !== undefined) this.#kill(victim.pid, victim.state);
      } catch {
        // The service is gone: so are its workers.
        return;
      }
    }
  }

  #kill(pid: number, state: string): void {
    if (startOf(pid) === undefined) return;
    process.kill(pid, 'SIGKILL');
    this.pids.add(pid);
    this.kills[state] = (this.kills[state] ?? 0) + 1;
  }
}
