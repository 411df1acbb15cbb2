/** One re-settable timer: moving the due time later costs nothing, because an early wake-up re-arms. */

/** The longest delay `setTimeout` takes; a longer one would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * Calls `onDue` once when `performance.now()` passes the time that was set last.
 *
 * The underlying timer is never moved later and never cancelled by `clear()`: a worker that runs
 * thousands of short tasks re-uses one timer that wakes up once per deadline, not once per task.
 * The timer never keeps the process alive.
 */
export class Alarm {
  readonly #onDue: () => void;
  #dueAt = Infinity;
  #armedFor = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** @param at a `performance.now()` time; `Infinity` is never. */
  set(at: number): void {
    this.#dueAt = at;
    if (at < this.#armedFor) this.#arm(at);
  }

  clear(): void {
    this.#dueAt = Infinity;
  }

  /** Like `clear()`, and gives the timer back: for an owner that is going away. */
  cancel(): void {
    this.#dueAt = Infinity;
    this.#armedFor = Infinity;
    clearTimeout(this.#timer);
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#armedFor = at;
    const delayMs = Math.min(Math.max(0, Math.ceil(at - performance.now())), LONGEST_DELAY_MS);
    this.#timer = setTimeout(() => this.#wake(), delayMs);
    this.#timer.unref();
  }

  #wake(): void {
    this.#armedFor = Infinity;
    if (this.#dueAt === Infinity) return;
    if (performance.now() < this.#dueAt) {
      this.#arm(this.#dueAt);
      return;
    }
    this.#dueAt = Infinity;
    this.#onDue();
  }
}
