/** Keeps the process alive while somebody waits for an answer, and only then. */

/** An interval never due in practice; it exists to be counted by the event loop. */
const FOREVER_MS = 2 ** 31 - 1;

export class KeepAlive {
  readonly #timer: ReturnType<typeof setInterval>;
  #holders = 0;

  constructor() {
    this.#timer = setInterval(() => undefined, FOREVER_MS);
    this.#timer.unref();
  }

  hold(): void {
    this.#holders += 1;
    if (this.#holders === 1) this.#timer.ref();
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#timer.unref();
  }

  /** For the owner's end: the timer is given back. */
  close(): void {
    clearInterval(this.#timer);
  }
}
