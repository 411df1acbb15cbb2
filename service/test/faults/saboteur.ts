/** Hurts the workers of a pool in every state they can be in, and counts what it did. */
import { rmSync, writeFileSync } from 'node:fs';
import type { Pool, PoolEvent, WorkerState } from '../../src/pool/index.ts';
import type { GateMode, Order, Receipt } from './orders.ts';
import type { Dice } from './random.ts';
import { say, startOf, until } from './waiting.ts';

const ACTS = {
  'kill idle': 6,
  'kill busy': 10,
  'kill starting': 4,
  'kill retiring': 5,
  'terminate any': 4,
  'stop any': 4,
} as const;

/** Between two acts; orders that kill their worker come on top. */
const PAUSE_MS = [60, 300] as const;
/** Rare, and never missing in a run. */
const ACTS_TO_REFUSAL = 12;
const REFUSALS: readonly GateMode[] = ['throw', 'exit', 'hang'];
const PATIENCE_MS = 1_500;
const RECOVERY_LIMIT_MS = 15_000;

export class Saboteur {
  readonly done: Record<string, number> = {};
  /** From the moment that starts could succeed again until a task would be served. */
  slowestRecoveryMs = 0;
  readonly #pool: Pool<Order, Receipt, number>;
  readonly #dice: Dice;
  readonly #gate: string;
  /** Stopped processes and when they were started. */
  readonly #stopped = new Map<number, string | undefined>();
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();

  constructor(pool: Pool<Order, Receipt, number>, dice: Dice, gate: string) {
    this.#pool = pool;
    this.#dice = dice;
    this.#gate = gate;
  }

  start(): void {
    this.#isRunning = true;
    this.#running = this.#work();
  }

  /** Resolves when nothing that it did is still at work: no closed gate, no stopped process. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#running;
    for (const [pid, start] of this.#stopped) {
      if (start !== undefined && startOf(pid) === start) process.kill(pid, 'SIGKILL');
    }
    this.#stopped.clear();
  }

  async #work(): Promise<void> {
    for (let acts = 1; this.#isRunning; acts++) {
      await Bun.sleep(this.#dice.between(...PAUSE_MS));
      if (acts % ACTS_TO_REFUSAL === 0) {
        const mode = REFUSALS[(acts / ACTS_TO_REFUSAL - 1) % REFUSALS.length] ?? 'throw';
        await this.#refuse(mode);
        continue;
      }
      const act = this.#dice.weighted(ACTS);
      switch (act) {
        case 'kill idle':
        case 'kill busy':
          await this.#killIn(act.slice('kill '.length) as WorkerState);
          break;
        case 'kill starting':
          await this.#killAfter('worker-started');
          break;
        case 'kill retiring':
          await this.#killAfter('recycle');
          break;
        case 'terminate any':
          this.#signalOne('SIGTERM', ['starting', 'idle', 'busy']);
          break;
        case 'stop any': {
          const pid = this.#signalOne('SIGSTOP', ['starting', 'idle', 'busy']);
          if (pid !== undefined) this.#stopped.set(pid, startOf(pid));
          break;
        }
        default:
      }
    }
  }

  async #killIn(state: WorkerState): Promise<void> {
    const endsAt = performance.now() + PATIENCE_MS;
    while (this.#signalOne('SIGKILL', [state]) === undefined) {
      if (!this.#isRunning || performance.now() > endsAt) return;
      await Bun.sleep(1);
    }
  }

  #signalOne(signal: NodeJS.Signals, states: readonly WorkerState[]): number | undefined {
    const { workers } = this.#pool.snapshot();
    const victim = this.#dice.pick(workers.filter(({ state }) => states.includes(state)));
    if (victim === undefined) return undefined;
    return this.#signal(signal, victim.pid, victim.state) ? victim.pid : undefined;
  }

  #signal(signal: NodeJS.Signals, pid: number, state: WorkerState): boolean {
    if (startOf(pid) === undefined) return false;
    process.kill(pid, signal);
    this.#count(`${signal} ${state}`);
    return true;
  }

  /** Some states are over within milliseconds, so they are caught as they begin. */
  async #killAfter(type: 'worker-started' | 'recycle'): Promise<void> {
    const caught = Promise.withResolvers<number | undefined>();
    const patience = setTimeout(() => caught.resolve(undefined), PATIENCE_MS);
    const unsubscribe = this.#pool.subscribe((event: PoolEvent) => {
      if (event.type === type) caught.resolve(event.pid);
    });
    const pid = await caught.promise;
    clearTimeout(patience);
    unsubscribe();
    // Some time into the start or the leave, not always at its first instant.
    if (type === 'worker-started') await Bun.sleep(this.#dice.between(0, 25));
    const victim = this.#pool.snapshot().workers.find((worker) => worker.pid === pid);
    if (victim !== undefined) this.#signal('SIGKILL', victim.pid, victim.state);
  }

  /** Every worker dies and none starts until callers are turned away; then the pool must come back by itself. */
  async #refuse(mode: GateMode): Promise<void> {
    const failuresBefore = this.#pool.snapshot().counters.bootFailures;
    writeFileSync(this.#gate, mode);
    for (const { pid, state } of this.#pool.snapshot().workers) {
      this.#signal('SIGKILL', pid, state);
    }
    try {
      await until(() => {
        const { breaker, counters } = this.#pool.snapshot();
        return mode === 'hang'
          ? counters.bootFailures > failuresBefore
          : breaker.state === 'open' && !this.#pool.ready;
      }, `starts to fail (${mode})`);
    } finally {
      rmSync(this.#gate, { force: true });
    }
    const openedAt = performance.now();
    await until(() => this.#pool.ready, 'the pool to come back', RECOVERY_LIMIT_MS);
    const recoveryMs = performance.now() - openedAt;
    this.slowestRecoveryMs = Math.max(this.slowestRecoveryMs, recoveryMs);
    this.#count(`refused to boot (${mode})`);
    say(`starts refused (${mode}); serving again ${recoveryMs.toFixed(0)} ms after the end of it`);
  }

  #count(what: string): void {
    this.done[what] = (this.done[what] ?? 0) + 1;
  }
}
