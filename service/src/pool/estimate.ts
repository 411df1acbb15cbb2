/** Learns how long a unit of estimated cost really takes. */

/** Weight that what was known keeps with each new observation: about the last twenty tasks count. */
const KEEP = 0.95;

/**
 * Turns a caller's cost estimate into milliseconds.
 *
 * Cost and time are decayed sums, not a mean of ratios: a task with a tiny cost and a fixed overhead
 * would otherwise make everything look slow.
 */
export class Estimator {
  #costMs = 0;
  #runMs = 0;

  observe(costMs: number, runMs: number): void {
    this.#costMs = this.#costMs * KEEP + costMs;
    this.#runMs = this.#runMs * KEEP + runMs;
  }

  /** Milliseconds of run time per millisecond of estimated cost; undefined until one task ended. */
  get ratio(): number | undefined {
    return this.#costMs > 0 ? this.#runMs / this.#costMs : undefined;
  }

  runMs(costMs: number): number | undefined {
    const { ratio } = this;
    return ratio === undefined ? undefined : costMs * ratio;
  }
}
