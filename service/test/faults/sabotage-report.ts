/** What `fixtures/sabotaged-pool.ts` prints as its last line. */

export interface RestMeasure {
  readonly fds: number;
  readonly rssBytes: number;
}

export interface SabotageReport {
  readonly submitted: number;
  readonly settled: number;
  /** What the pool itself counted, and told of in events. */
  readonly poolSubmitted: number;
  readonly poolSettled: number;
  readonly settlements: number;
  readonly settledTwice: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly poolOutcomes: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
  readonly honest: { readonly submitted: number; readonly completed: number };
  readonly hidden: number;
  readonly poison: number;
  readonly sabotage: Readonly<Record<string, number>>;
  readonly slowestRecoveryMs: number;
  readonly recycles: Readonly<Record<string, number>>;
  readonly crashes: Readonly<Record<string, number>>;
  readonly bootFailures: number;
  readonly workersStarted: number;
  readonly breaches: Readonly<Record<string, number>>;
  readonly samples: number;
  readonly mostProcesses: number;
  readonly longestShortageMs: number;
  readonly before: RestMeasure;
  readonly after: RestMeasure;
  readonly survivors: readonly number[];
}
