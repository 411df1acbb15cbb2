/** Shapes of load: what each mode runs when nothing else is said. Imports nothing. */

export const MODE_NAMES = [
  'smoke',
  'load',
  'stress',
  'soak',
  'spike',
  'breakpoint',
  'recycle',
] as const;
export type ModeName = (typeof MODE_NAMES)[number];

export interface Mode {
  /**
   * `closed`: so many users, each of whom sends the next request after the answer to the last, so that a slow service
   * slows its own test. `open`: so many requests a second, however long answers take.
   */
  readonly model: 'closed' | 'open';
  readonly rampUp: string;
  readonly steady: string;
  readonly rampDown: string;
  /** Users of a closed mode; what an open one may use to keep its rate. */
  readonly maxVus: number;
  /** Requests a second of an open mode; 0 in a closed one. */
  readonly startRate: number;
  readonly maxRate: number;
  /** Milliseconds of an answered request. */
  readonly p95Ms: number;
  /** Share of requests that were neither answered nor turned away in good order. */
  readonly errorRate: number;
  /** Share of requests turned away with 429 or 503 that is still good. */
  readonly rejectedRate: number;
}

const CLOSED = { model: 'closed', startRate: 0, maxRate: 0 } as const;
const OPEN = { model: 'open', maxVus: 200 } as const;

export const MODES: Readonly<Record<ModeName, Mode>> = {
  smoke: {
    ...CLOSED,
    ...shape('0s', '2m', '0s'),
    maxVus: 1,
    p95Ms: 10_000,
    errorRate: 0,
    rejectedRate: 0,
  },
  load: {
    ...CLOSED,
    ...shape('10m', '5m', '5m'),
    maxVus: 100,
    p95Ms: 60_000,
    errorRate: 0.01,
    rejectedRate: 0.01,
  },
  stress: {
    ...CLOSED,
    ...shape('15m', '10m', '5m'),
    maxVus: 200,
    p95Ms: 90_000,
    errorRate: 0.01,
    rejectedRate: 1,
  },
  soak: {
    ...CLOSED,
    ...shape('5m', '60m', '5m'),
    maxVus: 50,
    p95Ms: 60_000,
    errorRate: 0.001,
    rejectedRate: 0.01,
  },
  // Quiet, a jump within seconds, and quiet again for long enough to see the recovery.
  spike: {
    ...OPEN,
    ...shape('1m', '1m', '2m'),
    startRate: 1,
    maxRate: 20,
    p95Ms: 90_000,
    errorRate: 0.01,
    rejectedRate: 1,
  },
  // Climbs until something gives: crossing a threshold ends the run and is its finding.
  breakpoint: {
    ...OPEN,
    ...shape('20m', '0s', '0s'),
    startRate: 1,
    maxRate: 50,
    p95Ms: 10_000,
    errorRate: 0.05,
    rejectedRate: 0.05,
  },
  recycle: {
    ...OPEN,
    ...shape('1m', '30m', '1m'),
    startRate: 1,
    maxRate: 2,
    p95Ms: 10_000,
    errorRate: 0.001,
    rejectedRate: 0.01,
  },
};

function shape(rampUp: string, steady: string, rampDown: string) {
  return { rampUp, steady, rampDown };
}
