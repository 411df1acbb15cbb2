/** The two parts: with which settings the service runs, and how much memory it may have. */
import type { DemoOptions, Part } from './options.ts';

const MB = 1024 * 1024;
const GB = 1024 * MB;

export interface Scenario {
  readonly part: Part;
  readonly requests: number;
  readonly clients: number;
  /** Nothing is sent after that. */
  readonly maxSeconds: number;
  /** Of server and workers together, or null. */
  readonly limitBytes: number | null;
  /** What must be free before it starts. */
  readonly neededBytes: number;
  /** The same for both endpoints. */
  readonly env: Readonly<Record<string, string>>;
}

export const LEAK_MB = 260;
/** Below the default of 1024, so that laptops have room; a worker is replaced before it holds half as much again. */
const MAX_RSS_MB = 700;
const WORKERS = 2;
/** Two workers of at most 1050 MB, two that start, and the server. */
const LIMIT_BYTES = 3 * GB;
/** More than this of the machine's free memory is not put at risk. */
const LIMIT_SHARE = 0.5;
const REAL_NEEDED_BYTES = 2 * GB;

export function scenarioOf(part: Part, options: DemoOptions): Scenario {
  const { engine, clients } = options;
  const common = { part, requests: options.requests[part], clients };
  const env = { STT_ENGINE: engine, STT_THREADS: `${WORKERS}`, PROCESS_POOL_SIZE: `${WORKERS}` };
  if (part === 'real') {
    return {
      ...common,
      maxSeconds: 90,
      limitBytes: null,
      neededBytes: REAL_NEEDED_BYTES,
      env,
    };
  }
  return {
    ...common,
    maxSeconds: 120,
    limitBytes: LIMIT_BYTES,
    neededBytes: LIMIT_BYTES / LIMIT_SHARE,
    env: {
      ...env,
      STT_FAULTS: `leak:${LEAK_MB}MB`,
      STT_ALLOW_FAULTS: 'true',
      PROCESS_MAX_RSS_MB: `${MAX_RSS_MB}`,
    },
  };
}
