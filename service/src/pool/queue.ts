/** A bounded waiting line with two lanes by cost, a wait limit and admission by estimated wait. */
import { Alarm } from './alarm.ts';
import type { PoolError } from './errors.ts';
import { InvalidOptions, QueueFull, QueueTimeout, TaskAborted } from './errors.ts';
import { Estimator } from './estimate.ts';
import type { LaneEntry } from './lane.ts';
import { Lane } from './lane.ts';

export interface QueueOptions {
  /** Most tasks that may wait. 0 lets none wait: a task either starts at once or is refused. */
  readonly maxCount: number;
  /** Most bytes that the waiting tasks may hold together; a task says how many it holds. @default 0 (no limit) */
  readonly maxBytes?: number;
  /** Longest wait in ms, also the limit for the estimate at admission. @default 0 (no limit) */
  readonly maxWaitMs?: number;
  /** Tasks up to this estimated cost use the short lane. @default 0 (one lane for all) */
  readonly shortCostMs?: number;
}

/** What a pool or an executor uses where its options say nothing. */
export const QUEUE_DEFAULTS = { maxCount: 256, maxWaitMs: 60_000 } as const;

/** What the owner of the queue tells it and hears from it. */
export interface QueueOwner<Item> {
  /** An item left without being taken: its wait ran out, it was aborted, or the queue was cleared. */
  onDrop(item: Item, error: PoolError): void;
  /** Whether somebody could start an item right now. @default false */
  isFree?(): boolean;
  /** How many items can be worked on at a time. @default 1 */
  concurrency?(): number;
  /** Expected time left of everything being worked on now, added up, in ms. @default 0 */
  remainingMs?(now: number): number;
}

export interface EnqueueOptions {
  /** Estimated cost in ms; only the proportion between tasks matters. @default 1 */
  readonly costMs?: number | undefined;
  readonly bytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A place in the line. `costMs` and `enqueuedAt` (a `performance.now()` time) may be read. */
export type QueueEntry<Item> = Readonly<
  Pick<LaneEntry<Item>, 'item' | 'costMs' | 'bytes' | 'enqueuedAt' | 'queued'>
>;

export function createQueue<Item>(options: QueueOptions, owner: QueueOwner<Item>): Queue<Item> {
  return new Queue(options, owner);
}

/**
 * First in, first out inside each lane. Between the lanes, whoever has been given less work so far
 * goes first, so while both wait each gets half of the capacity: a short task is not stuck behind
 * a pile of long ones, and a stream of short ones cannot hold back a long one for ever.
 */
export class Queue<Item> {
  readonly estimator = new Estimator();
  readonly #owner: QueueOwner<Item>;
  readonly #maxCount: number;
  readonly #maxBytes: number;
  readonly #maxWaitMs: number;
  readonly #shortCostMs: number;
  readonly #short = new Lane<Item>();
  readonly #long = new Lane<Item>();
  readonly #waitAlarm = new Alarm(() => this.#expire());
  /** Served cost at the last pick; a lane that was empty starts here, it saves up no credit. */
  #virtualCostMs = 0;
  #depth = 0;
  #bytes = 0;

  constructor(options: QueueOptions, owner: QueueOwner<Item>) {
    const faults = queueFaults(options);
    if (faults.length > 0) throw new InvalidOptions(faults);
    this.#owner = owner;
    this.#maxCount = options.maxCount;
    this.#maxBytes = options.maxBytes ?? 0;
    this.#maxWaitMs = options.maxWaitMs ?? 0;
    this.#shortCostMs = options.shortCostMs ?? 0;
  }

  get depth(): number {
    return this.#depth;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How long the first in line has waited. */
  oldestMs(now: number = performance.now()): number {
    const since = Math.min(
      this.#short.head?.enqueuedAt ?? Infinity,
      this.#long.head?.enqueuedAt ?? Infinity,
    );
    return since === Infinity ? 0 : now - since;
  }

  /** @throws QueueFull, QueueTimeout (estimated wait too long) or TaskAborted; nothing is queued then. */
  enqueue(
    item: Item,
    options: EnqueueOptions = {},
    now: number = performance.now(),
  ): QueueEntry<Item> {
    const { costMs = 1, bytes = 0, signal } = options;
    if (signal?.aborted === true) throw new TaskAborted(signal.reason);
    this.#admit(costMs, bytes, now);

    const lane = costMs <= this.#shortCostMs ? this.#short : this.#long;
    if (lane.head === undefined) {
      lane.servedCostMs = Math.max(lane.servedCostMs, this.#virtualCostMs);
    }
    const entry: LaneEntry<Item> = {
      item,
      costMs,
      bytes,
      enqueuedAt: now,
      lane,
      release: undefined,
      queued: false,
      previous: undefined,
      next: undefined,
    };
    if (signal !== undefined) this.#watch(entry, signal);
    lane.push(entry);
    this.#depth += 1;
    this.#bytes += bytes;
    if (this.#maxWaitMs > 0 && this.#depth === 1) {
      this.#waitAlarm.set(entry.enqueuedAt + this.#maxWaitMs);
    }
    return entry;
  }

  /** Takes the next item out, or undefined when nothing waits. */
  next(): QueueEntry<Item> | undefined {
    const lane = this.#nextLane();
    const entry = lane?.head;
    if (lane === undefined || entry === undefined) return undefined;
    this.#virtualCostMs = lane.servedCostMs;
    lane.servedCostMs += entry.costMs;
    this.#take(entry);
    return entry;
  }

  /** Takes one item out in O(1); false when it is not waiting any more. The owner's `onDrop` is not called. */
  remove(entry: QueueEntry<Item>): boolean {
    if (!entry.queued) return false;
    this.#take(entry as LaneEntry<Item>);
    return true;
  }

  /** Charges a taken item's lane with what it turned out to cost. */
  correct(entry: QueueEntry<Item>, costMs: number): void {
    const { lane } = entry as LaneEntry<Item>;
    lane.servedCostMs += costMs - entry.costMs;
    (entry as LaneEntry<Item>).costMs = costMs;
  }

  /** Drops everything that waits, oldest first inside each lane. */
  clear(error: () => PoolError): void {
    for (const lane of [this.#short, this.#long]) {
      for (let entry = lane.head; entry !== undefined; entry = lane.head)
        this.#drop(entry, error());
    }
    this.#waitAlarm.cancel();
  }

  /**
   * Expected wait of a task that joins now, in ms; undefined until the first task was measured.
   * With a cost it counts what that task's lane will really wait for, without one everything queued.
   */
  estimatedWaitMs(costMs?: number, now: number = performance.now()): number | undefined {
    if (this.#depth === 0 && this.#owner.isFree?.() === true) return 0;
    const { ratio } = this.estimator;
    if (ratio === undefined) return undefined;
    const short = this.#short.waitingCostMs;
    const long = this.#long.waitingCostMs;
    let aheadMs = short + long;
    if (costMs !== undefined) {
      const own = costMs <= this.#shortCostMs ? short : long;
      // The other lane gets at most as much as this one before this task's turn.
      aheadMs = own + Math.min(aheadMs - own, own);
    }
    const remainingMs = this.#owner.remainingMs?.(now) ?? 0;
    return (aheadMs * ratio + remainingMs) / Math.max(1, this.#owner.concurrency?.() ?? 1);
  }

  #admit(costMs: number, bytes: number, now: number): void {
    if (this.#depth >= this.#maxCount) {
      throw new QueueFull('count', this.#depth, this.#maxCount, this.estimatedWaitMs());
    }
    if (this.#maxBytes > 0 && this.#bytes + bytes > this.#maxBytes) {
      throw new QueueFull('bytes', this.#bytes + bytes, this.#maxBytes, this.estimatedWaitMs());
    }
    if (this.#maxWaitMs <= 0) return;
    const waitMs = this.estimatedWaitMs(costMs, now);
    if (waitMs !== undefined && waitMs > this.#maxWaitMs) {
      throw new QueueTimeout('admission', waitMs, this.#maxWaitMs, waitMs - this.#maxWaitMs);
    }
  }

  #nextLane(): Lane<Item> | undefined {
    if (this.#short.head === undefined) return this.#long.head && this.#long;
    if (this.#long.head === undefined) return this.#short;
    return this.#short.servedCostMs <= this.#long.servedCostMs ? this.#short : this.#long;
  }

  #watch(entry: LaneEntry<Item>, signal: AbortSignal): void {
    const abort = (): void => {
      if (entry.queued) this.#drop(entry, new TaskAborted(signal.reason));
    };
    signal.addEventListener('abort', abort, { once: true });
    entry.release = () => signal.removeEventListener('abort', abort);
  }

  #take(entry: LaneEntry<Item>): void {
    entry.lane.unlink(entry);
    this.#depth -= 1;
    this.#bytes -= entry.bytes;
    entry.release?.();
    entry.release = undefined;
  }

  #drop(entry: LaneEntry<Item>, error: PoolError): void {
    this.#take(entry);
    this.#owner.onDrop(entry.item, error);
  }

  /** One timer for the whole queue: only a lane's head can be the next whose wait runs out. */
  #expire(): void {
    const now = performance.now();
    for (const lane of [this.#short, this.#long]) {
      for (
        let entry = lane.head;
        entry !== undefined && now - entry.enqueuedAt >= this.#maxWaitMs;
        entry = lane.head
      ) {
        const retryAfterMs = this.estimatedWaitMs();
        const waitedMs = now - entry.enqueuedAt;
        this.#drop(entry, new QueueTimeout('waiting', waitedMs, this.#maxWaitMs, retryAfterMs));
      }
    }
    if (this.#depth > 0) this.#waitAlarm.set(now - this.oldestMs(now) + this.#maxWaitMs);
  }
}

export function queueFaults(options: QueueOptions): string[] {
  const faults: string[] = [];
  const { maxCount, maxBytes = 0, maxWaitMs = 0, shortCostMs = 0 } = options;
  if (!Number.isInteger(maxCount) || maxCount < 0) {
    faults.push(`queue.maxCount must be a whole number of at least 0, got ${maxCount}`);
  }
  for (const [name, value] of Object.entries({ maxBytes, maxWaitMs, shortCostMs })) {
    if (!(value >= 0) || value === Infinity) {
      faults.push(`queue.${name} must be a finite number of at least 0, got ${value}`);
    }
  }
  return faults;
}
