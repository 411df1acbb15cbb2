/** One first-in first-out lane of a queue: a doubly linked list, so that leaving early is O(1). */

export interface LaneEntry<Item> {
  readonly item: Item;
  readonly bytes: number;
  readonly enqueuedAt: number;
  readonly lane: Lane<Item>;
  costMs: number;
  /** Detaches the abort listener, where one was attached. */
  release: (() => void) | undefined;
  queued: boolean;
  previous: LaneEntry<Item> | undefined;
  next: LaneEntry<Item> | undefined;
}

export class Lane<Item> {
  head: LaneEntry<Item> | undefined;
  #tail: LaneEntry<Item> | undefined;
  /** Sum of the cost of what waits here. */
  waitingCostMs = 0;
  /** Cost served from this lane, on the scale that both lanes share (see `queue.ts`). */
  servedCostMs = 0;

  push(entry: LaneEntry<Item>): void {
    entry.queued = true;
    entry.previous = this.#tail;
    if (this.#tail === undefined) this.head = entry;
    else this.#tail.next = entry;
    this.#tail = entry;
    this.waitingCostMs += entry.costMs;
  }

  unlink(entry: LaneEntry<Item>): void {
    entry.queued = false;
    if (entry.previous === undefined) this.head = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === undefined) this.#tail = entry.previous;
    else entry.next.previous = entry.previous;
    entry.previous = undefined;
    entry.next = undefined;
    // An empty lane costs exactly nothing, whatever rounding left behind.
    this.waitingCostMs = this.head === undefined ? 0 : this.waitingCostMs - entry.costMs;
  }
}
