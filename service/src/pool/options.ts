/** What a pool can be told, with units and defaults, and the check of it. */
import { isAbsolute } from 'node:path';
import { existsSync } from 'node:fs';
import { InvalidOptions } from './errors.ts';
import type { Listener, PoolEvent } from './events.ts';
import { jsonBytes } from './protocol.ts';
import type { QueueOptions } from './queue.ts';
import { QUEUE_DEFAULTS, queueFaults } from './queue.ts';

/** Times are milliseconds, memory is bytes, and 0 turns a limit off unless it says otherwise. */
export interface PoolOptions {
  /** Absolute path of the module that a worker runs; it calls `serve()`. */
  readonly entry: string;
  /** JSON handed to the worker's `init`. @default undefined */
  readonly init?: unknown;
  /** The whole environment of a worker: nothing is inherited, so no secret is by accident. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags for the runtime itself, such as `--smol`. @default [] */
  readonly runtimeFlags?: readonly string[];

  /** Most workers that serve at a time, at least 1. One more process exists while one is replaced. */
  readonly size: number;
  /** Workers kept warm, 0 to `size`; the rest start when tasks wait. @default size */
  readonly minSize?: number;
  /** A worker above `minSize` leaves after so long without a task. @default 60000 */
  readonly idleTimeoutMs?: number;

  /** Replaced after so many tasks; it may serve a few more until its spare is ready. @default 0 */
  readonly maxTasks?: number;
  /** Each worker's own `maxTasks` is up to this fraction smaller. 0..1 @default 0.1 */
  readonly taskJitter?: number;
  /** Replaced at this age; the spare starts at 80 % of it. @default 0 */
  readonly maxAgeMs?: number;
  /** Each worker's own `maxAgeMs` is up to this fraction smaller. 0..1 @default 0.1 */
  readonly ageJitter?: number;
  /** Soft limit: replaced when over it between tasks, in two samples apart. @default 0 */
  readonly maxRssBytes?: number;
  /**
   * Hard limit as a multiple of the soft one: killed even with a task in hand; replaced before its next task where one like
   * its largest would lead there. 0 is no hard limit. @default 1.5
   */
  readonly hardRssFactor?: number;
  /** Age, soft memory and idle memory leave a worker younger than this alone; the hard limit does not. @default 10000 */
  readonly minLifetimeMs?: number;
  /** A worker idle for so long that holds too much (next two options) is replaced. @default 0 */
  readonly idleRecycleMs?: number;
  /** Too much: over this multiple of its memory at ready … @default 1.5 */
  readonly idleRecycleFactor?: number;
  /** … and at least so many bytes more. Keeps small workers from being churned. @default 33554432 (32 MiB) */
  readonly idleRecycleFloorBytes?: number;
  /** How often memory, age and idleness are looked at. Not 0. @default 1000 */
  readonly sampleIntervalMs?: number;

  /** Deadline of a task, unless it reports a longer one, and its longest silence. @default 300000 */
  readonly taskTimeoutMs?: number;
  /** From spawn to ready. @default 60000 */
  readonly bootTimeoutMs?: number;
  /** From being asked to leave to being killed. Not 0. @default 5000 */
  readonly retireTimeoutMs?: number;
  /** How often a task is tried again after its worker crashed. @default 1 */
  readonly maxRetries?: number;
  /** First pause after a failed start; doubles up to the next option. Not 0. @default 100 */
  readonly bootBackoffMs?: number;
  /** @default 30000 */
  readonly maxBootBackoffMs?: number;
  /** Failed starts in a row after which callers are answered at once. At least 1. @default 3 */
  readonly bootFailuresToOpen?: number;

  /** See {@link QueueOptions}; what is left out is taken from here. @default { maxCount: 256, maxWaitMs: 60000 } */
  readonly queue?: Partial<QueueOptions>;
  /** Cap on the JSON of a request, a reply, a progress message and `init`. Not 0. @default 16777216 (16 MiB) */
  readonly maxMessageBytes?: number;
  /** Bytes of stderr kept per worker. @default 8192 */
  readonly stderrTailBytes?: number;
  /** Hears everything; may throw. More listeners: `pool.subscribe`. */
  readonly onEvent?: Listener<PoolEvent>;
}

export type ResolvedOptions = Required<Omit<PoolOptions, 'onEvent' | 'init' | 'queue'>> &
  Pick<PoolOptions, 'onEvent' | 'init'> & { readonly queue: QueueOptions };

const DEFAULTS = {
  env: {},
  runtimeFlags: [],
  idleTimeoutMs: 60_000,
  maxTasks: 0,
  taskJitter: 0.1,
  maxAgeMs: 0,
  ageJitter: 0.1,
  maxRssBytes: 0,
  hardRssFactor: 1.5,
  minLifetimeMs: 10_000,
  idleRecycleMs: 0,
  idleRecycleFactor: 1.5,
  idleRecycleFloorBytes: 32 * 2 ** 20,
  sampleIntervalMs: 1_000,
  taskTimeoutMs: 300_000,
  bootTimeoutMs: 60_000,
  retireTimeoutMs: 5_000,
  maxRetries: 1,
  bootBackoffMs: 100,
  maxBootBackoffMs: 30_000,
  bootFailuresToOpen: 3,
  maxMessageBytes: 16 * 2 ** 20,
  stderrTailBytes: 8_192,
} as const satisfies Partial<PoolOptions>;

/** @throws InvalidOptions naming every fault. */
export function resolveOptions(options: PoolOptions): ResolvedOptions {
  const resolved: ResolvedOptions = {
    ...DEFAULTS,
    minSize: options.size,
    ...options,
    queue: { ...QUEUE_DEFAULTS, ...options.queue },
  };
  const faults = [...faultsOf(resolved), ...queueFaults(resolved.queue)];
  if (faults.length > 0) throw new InvalidOptions(faults);
  return resolved;
}

interface Rule {
  readonly names: readonly (keyof ResolvedOptions)[];
  readonly allowed: string;
  accepts(value: number): boolean;
}

const RULES: readonly Rule[] = [
  {
    names: ['size', 'bootFailuresToOpen'],
    allowed: 'a whole number of at least 1',
    accepts: (value) => Number.isInteger(value) && value >= 1,
  },
  {
    names: ['minSize', 'maxTasks', 'maxRetries', 'stderrTailBytes'],
    allowed: 'a whole number of at least 0',
    accepts: (value) => Number.isInteger(value) && value >= 0,
  },
  {
    names: ['taskJitter', 'ageJitter'],
    allowed: 'between 0 and 1',
    accepts: (value) => value >= 0 && value <= 1,
  },
  {
    names: ['hardRssFactor'],
    allowed: '0 (off) or at least 1',
    accepts: (value) => value === 0 || (value >= 1 && value < Infinity),
  },
  {
    names: ['idleRecycleFactor'],
    allowed: 'at least 1',
    accepts: (value) => value >= 1 && value < Infinity,
  },
  {
    names: [
      'sampleIntervalMs',
      'retireTimeoutMs',
      'bootBackoffMs',
      'maxBootBackoffMs',
      'maxMessageBytes',
    ],
    allowed: 'a finite number over 0',
    accepts: (value) => value > 0 && value < Infinity,
  },
  {
    names: [
      'idleTimeoutMs',
      'maxAgeMs',
      'maxRssBytes',
      'minLifetimeMs',
      'idleRecycleMs',
      'idleRecycleFloorBytes',
      'taskTimeoutMs',
      'bootTimeoutMs',
    ],
    allowed: 'a finite number of at least 0',
    accepts: (value) => value >= 0 && value < Infinity,
  },
];

function faultsOf(options: ResolvedOptions): string[] {
  const faults: string[] = [];
  if (!isAbsolute(options.entry)) {
    faults.push(`entry must be an absolute path, got '${options.entry}'`);
  } else if (!existsSync(options.entry)) {
    faults.push(`entry '${options.entry}' does not exist`);
  }
  for (const { names, allowed, accepts } of RULES) {
    for (const name of names) {
      const value = options[name];
      if (typeof value !== 'number' || !accepts(value)) {
        faults.push(`${name} must be ${allowed}, got ${String(value)}`);
      }
    }
  }
  faults.push(...initFaults(options));
  if (options.minSize > options.size) {
    faults.push(`minSize must not be over size ${options.size}, got ${options.minSize}`);
  }
  if (options.maxBootBackoffMs < options.bootBackoffMs) {
    faults.push(
      `maxBootBackoffMs must not be under bootBackoffMs ${options.bootBackoffMs}, got ${options.maxBootBackoffMs}`,
    );
  }
  return faults;
}

function initFaults({ init, maxMessageBytes }: ResolvedOptions): string[] {
  try {
    const bytes = jsonBytes(init);
    return bytes > maxMessageBytes
      ? [`init must be at most maxMessageBytes ${maxMessageBytes} of JSON, got ${bytes}`]
      : [];
  } catch (error) {
    return [`init must be JSON, got ${String(error)}`];
  }
}
