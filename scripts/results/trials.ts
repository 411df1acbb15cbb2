/** What is measured for docs/test-results.md: each trial is one run of k6 against services started for it alone. */
import { PATHS } from '../../service/src/contract.ts';
import type { Result } from '../load-test/result.ts';
import { steadyRate } from './figures.ts';

export interface Trial {
  /** Name of its file. */
  readonly id: string;
  /** One an instance: the cores that it may use. */
  readonly cores: readonly (readonly number[])[];
  /** Settings of the service besides the defaults. */
  readonly service: Readonly<Record<string, string>>;
  /** Settings of the load test, where they hang on what was measured before as a function. */
  readonly load: Readonly<Record<string, string>> | ((before: Before) => Record<string, string>);
}

/** Results of the trials before, by id. */
export type Before = ReadonlyMap<string, Result>;

export const ENDPOINT_NAMES = {
  isolated: PATHS.transcriptionsIsolated,
  threads: PATHS.transcriptions,
  sync: PATHS.transcriptionsSync,
} as const;
export type EndpointName = keyof typeof ENDPOINT_NAMES;

const TWO_CORES = [[0, 1]];
const ENDS = { GRACEFUL_STOP: '90s' };
const BUSY = { THINK_TIME_MIN: '0', THINK_TIME_MAX: '0', ...shape('1s', '30s', '0s') };
/** Callers who never wait: enough that no worker is ever idle. */
const SATURATING_VUS = '24';
export const WORKER_COUNTS = [1, 2, 4, 8, 12];
/** How much more than it can answer the service is asked in the trial of overload. */
export const OVERLOAD = 5;
/** Where the figure for that comes from: as many workers as cores. */
export const CAPACITY_TRIAL = 'workers-2';

export const TRIALS: readonly Trial[] = [
  ...(['isolated', 'threads', 'sync'] as const).map((endpoint) =>
    // The same recordings in the same order, or the endpoints would not be compared.
    on(endpoint, `smoke-${endpoint}`, {
      MODE: 'smoke',
      THINK_TIME_MIN: '0',
      THINK_TIME_MAX: '0',
      USE_RANDOM_AUDIO: 'false',
      ...shape('0s', '30s', '0s'),
    }),
  ),
  ...(['isolated', 'threads', 'sync'] as const).map((endpoint) =>
    on(endpoint, `load-${endpoint}`, { MODE: 'load', ...ENDS, ...shape('20s', '30s', '10s') }),
  ),
  ...(['isolated', 'threads'] as const).map((endpoint) =>
    on(endpoint, `stress-${endpoint}`, { MODE: 'stress', ...ENDS, ...shape('20s', '30s', '10s') }),
  ),
  ...(['isolated', 'threads'] as const).map((endpoint) =>
    on(endpoint, `soak-${endpoint}`, { MODE: 'soak', ...ENDS, ...shape('10s', '600s', '10s') }),
  ),
  {
    ...on('isolated', 'recycle-isolated', {
      MODE: 'recycle',
      MAX_RATE: '3',
      MAX_VUS: '40',
      ...shape('10s', '60s', '5s'),
    }),
    service: { PROCESS_MAX_TASKS: '5' },
  },
  ...WORKER_COUNTS.map((workers) => ({
    ...on('isolated', `workers-${workers}`, { MODE: 'load', MAX_VUS: SATURATING_VUS, ...BUSY }),
    service: { PROCESS_POOL_SIZE: String(workers) },
  })),
  {
    ...on('isolated', 'one-instance', { MODE: 'load', MAX_VUS: SATURATING_VUS, ...BUSY }),
    service: { PROCESS_POOL_SIZE: '2' },
  },
  {
    ...on('isolated', 'two-instances', { MODE: 'load', MAX_VUS: SATURATING_VUS, ...BUSY }),
    cores: [[0], [1]],
    service: { PROCESS_POOL_SIZE: '1' },
  },
  {
    ...on('isolated', 'overload', {}),
    load: (before) => ({
      MODE: 'spike',
      ENDPOINT: ENDPOINT_NAMES.isolated,
      START_RATE: '1',
      MAX_RATE: String(Math.round(OVERLOAD * capacityOf(before))),
      // All that can wait for an answer, and those being turned away.
      MAX_VUS: '400',
      ...ENDS,
      ...shape('15s', '60s', '60s'),
    }),
  },
];

/** Answers a second of a service whose workers are never idle. Throws where that was not measured. */
export function capacityOf(before: Before): number {
  const result = before.get(CAPACITY_TRIAL);
  const rate = result === undefined ? null : steadyRate(result);
  if (rate === null)
    throw new Error(`${CAPACITY_TRIAL} comes before: it says what the service can do.`);
  return rate;
}

function on(endpoint: EndpointName, id: string, load: Readonly<Record<string, string>>): Trial {
  return {
    id,
    cores: TWO_CORES,
    service: {},
    load: { ENDPOINT: ENDPOINT_NAMES[endpoint], ...load },
  };
}

function shape(up: string, steady: string, down: string): Record<string, string> {
  return { RAMP_UP_DURATION: up, STEADY_DURATION: steady, RAMP_DOWN_DURATION: down };
}
