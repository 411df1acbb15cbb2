/** Hands orders to a pool from several clients at once and keeps the ledger of what came back. */
import { PoolError, TaskError } from '../../src/pool/index.ts';
import type { Pool } from '../../src/pool/index.ts';
import { answerTo, drawOrder, isAllowed, isHonest } from './orders.ts';
import type { Order, Receipt } from './orders.ts';
import type { Dice } from './random.ts';

const CLIENTS = 7;
const ABORTED_SHARE = 0.08;
/** Now and then a client rests, so that workers are idle at times, and now and then one wants much at once. */
const REST_SHARE = 0.02;
const RUSH_SHARE = 0.003;
const RUSH_TASKS = 30;

export class Generator {
  readonly outcomes: Record<string, number> = {};
  /** Answers that must not be, in words. */
  readonly wrong: string[] = [];
  readonly honest = { submitted: 0, completed: 0 };
  /** Answered in spite of a crash. */
  hidden = 0;
  /** Crashes that were final after the second worker. */
  poison = 0;
  submitted = 0;
  settled = 0;
  readonly #pool: Pool<Order, Receipt, number>;
  readonly #dice: Dice;
  #isRunning = false;

  constructor(pool: Pool<Order, Receipt, number>, dice: Dice) {
    this.#pool = pool;
    this.#dice = dice;
  }

  get open(): number {
    return this.submitted - this.settled;
  }

  start(): void {
    this.#isRunning = true;
    for (let client = 0; client < CLIENTS; client++) void this.#serveClient();
  }

  stop(): void {
    this.#isRunning = false;
  }

  async #serveClient(): Promise<void> {
    while (this.#isRunning) {
      const dice = this.#dice;
      const tasks = dice.chance(RUSH_SHARE) ? RUSH_TASKS : 1;
      const outcomes = await Promise.all(
        Array.from({ length: tasks }, () => this.#submit(drawOrder(dice, this.submitted))),
      );
      // Whoever is turned away does not ask again in the same instant.
      const isRefused = outcomes.some((outcome) => /^(queue_|pool_)/.test(outcome));
      await Bun.sleep(
        dice.chance(REST_SHARE) ? dice.between(200, 800) : dice.between(0, isRefused ? 60 : 15),
      );
    }
  }

  async #submit(order: Order): Promise<string> {
    const dice = this.#dice;
    const mayAbort = dice.chance(ABORTED_SHARE);
    const controller = new AbortController();
    const timer = mayAbort ? setTimeout(() => controller.abort(), dice.between(0, 120)) : undefined;
    // Costs on both sides of the border between the lanes, told rightly or not.
    const costMs = 1 + Math.min(order.ms, 300) * dice.next() * 2;
    const isReliable = isHonest(order) && !mayAbort;
    this.submitted += 1;
    if (isReliable) this.honest.submitted += 1;
    let outcome: string;
    try {
      const { reply, attempts } = await this.#pool.run(order, {
        signal: mayAbort ? controller.signal : undefined,
        costMs,
        bytes: order.bytes,
        onProgress: () => undefined,
      });
      outcome = 'completed';
      if (attempts > 1) this.hidden += 1;
      if (isReliable) this.honest.completed += 1;
      if (reply.number !== order.number || reply.answer !== answerTo(order)) {
        this.wrong.push(`${describe(order)} was answered with ${JSON.stringify(reply)}`);
      }
    } catch (error) {
      outcome = this.#outcomeOf(error, order);
    }
    clearTimeout(timer);
    this.settled += 1;
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
    if (!isAllowed(order, outcome, mayAbort)) {
      this.wrong.push(`${describe(order)} ended as ${outcome}`);
    }
    return outcome;
  }

  #outcomeOf(error: unknown, order: Order): string {
    if (error instanceof TaskError) {
      if (error.message !== String(answerTo(order))) {
        this.wrong.push(`${describe(order)} got the error of another: ${error.message}`);
      }
      return 'task_error';
    }
    if (!(error instanceof PoolError)) return `unknown: ${String(error)}`;
    if ('attempts' in error && error.attempts === 2) this.poison += 1;
    return error.code;
  }
}

function describe({ number, kind }: Order): string {
  return `order ${number} (${kind})`;
}
