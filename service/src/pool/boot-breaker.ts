/** Decides how many workers may be started: all that are wanted, or one careful try after a pause. */
import { Alarm } from './alarm.ts';
import type { BootFailed } from './errors.ts';
import { PoolUnavailable } from './errors.ts';

export interface BreakerSnapshot {
  /** `closed`: starts succeed; `backoff`: the last one failed; `open`: callers are turned away. */
  readonly state: 'closed' | 'backoff' | 'open';
  /** Failed starts in a row. */
  readonly failures: number;
  /** Until the next try, 0 when one is allowed or under way. */
  readonly retryInMs: number;
  readonly lastError: string | undefined;
}

export interface BreakerOptions {
  readonly bootBackoffMs: number;
  readonly maxBootBackoffMs: number;
  readonly bootFailuresToOpen: number;
}

export class BootBreaker {
  readonly #options: BreakerOptions;
  readonly #alarm: Alarm;
  #failures = 0;
  /** Failures before the last success, held against a worker that dies before it did anything. */
  #unproven = 0;
  #isAnnounced = false;
  #failedAt = -Infinity;
  #retryAt = 0;
  lastError: BootFailed | undefined;

  /** @param onRetry called when a pause is over. */
  constructor(options: BreakerOptions, onRetry: () => void) {
    this.#options = options;
    this.#alarm = new Alarm(onRetry);
  }

  get isOpen(): boolean {
    return this.#failures >= this.#options.bootFailuresToOpen;
  }

  /** True once each time it opens. */
  announceOpen(): boolean {
    const isNews = this.isOpen && !this.#isAnnounced;
    this.#isAnnounced ||= isNews;
    return isNews;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Whether one more worker may be started while so many are starting. */
  allows(starting: number): boolean {
    return this.#failures === 0 || (starting === 0 && performance.now() >= this.#retryAt);
  }

  /**
   * Returns the pause until the next try. Workers started together that fail together count once.
   * @param wasReady the worker came up but died before it did anything: no success after all.
   */
  failed(startedAt: number, wasReady = false): number {
    const now = performance.now();
    if (startedAt > this.#failedAt) {
      this.#failures = (wasReady ? Math.max(this.#failures, this.#unproven) : this.#failures) + 1;
      this.#failedAt = now;
      const { bootBackoffMs, maxBootBackoffMs } = this.#options;
      // The exponent is bounded so that the power stays a number; the cap has been reached long before.
      const pauseMs = Math.min(
        maxBootBackoffMs,
        bootBackoffMs * 2 ** Math.min(this.#failures - 1, 40),
      );
      this.#retryAt = now + pauseMs * (0.75 + Math.random() * 0.25);
      this.#alarm.set(this.#retryAt);
    }
    return this.#retryAt - now;
  }

  /** Returns whether callers had been told that it was open. */
  succeeded(): boolean {
    const wasOpen = this.#isAnnounced;
    this.#isAnnounced = false;
    this.#unproven = Math.max(this.#unproven, this.#failures);
    this.#failures = 0;
    this.#retryAt = 0;
    this.#alarm.clear();
    return wasOpen;
  }

  /** A worker did its work, or lived long enough: the slate is clean. */
  proven(): void {
    this.#unproven = 0;
  }

  unavailable(): PoolUnavailable {
    return new PoolUnavailable(this.#failures, this.#retryInMs(), this.lastError);
  }

  snapshot(): BreakerSnapshot {
    return {
      state: this.isOpen ? 'open' : this.#failures > 0 ? 'backoff' : 'closed',
      failures: this.#failures,
      retryInMs: this.#retryInMs(),
      lastError: this.lastError?.message,
    };
  }

  close(): void {
    this.#alarm.cancel();
  }

  #retryInMs(): number {
    return Math.max(0, this.#retryAt - performance.now());
  }
}
