/** Throttles addresses whose keys fail, in bounded memory; says nothing about requests whose key is right. */

const WINDOW_MS = 60_000;
const MAX_FAILURES = 20;
const MAX_ADDRESSES = 10_000;

export interface FailedAttempts {
  /**
   * Seconds for which further failures of this address are answered 429, or null. To be asked only after a key has
   * proved wrong: many may share the address, and a right key is never turned away.
   */
  blocked(request: Request): number | null;
  /** One more wrong key. While the address is blocked it changes nothing: the wait never grows. */
  failed(request: Request): void;
  /** Forgives nothing: with one right key of their own anyone could go on guessing others. */
  succeeded(request: Request): void;
}

export interface FailedAttemptsOptions {
  addressOf(request: Request): string;
  readonly maxFailures?: number;
  readonly windowMs?: number;
  /** Addresses remembered at once; beyond it the one that failed longest ago is forgotten. */
  readonly maxAddresses?: number;
  /** Milliseconds on any clock that does not go back. */
  now?(): number;
}

export function createFailedAttempts({
  addressOf,
  maxFailures = MAX_FAILURES,
  windowMs = WINDOW_MS,
  maxAddresses = MAX_ADDRESSES,
  now = () => performance.now(),
}: FailedAttemptsOptions): FailedAttempts {
  // In the order of their last failure: a Map keeps the order of insertion.
  const windows = new Map<string, { failures: number; readonly endsAt: number }>();

  function windowOf(address: string) {
    const window = windows.get(address);
    return window !== undefined && window.endsAt > now() ? window : undefined;
  }

  return {
    blocked(request) {
      const window = windowOf(addressOf(request));
      if (window === undefined || window.failures < maxFailures) return null;
      return Math.max(1, Math.ceil((window.endsAt - now()) / 1000));
    },
    failed(request) {
      const address = addressOf(request);
      const window = windowOf(address) ?? { failures: 0, endsAt: now() + windowMs };
      window.failures = Math.min(window.failures + 1, maxFailures);
      windows.delete(address);
      windows.set(address, window);
      const [oldest] = windows.keys();
      if (windows.size > maxAddresses && oldest !== undefined) windows.delete(oldest);
    },
    succeeded() {},
  };
}
