/** The only reader of the environment: checks every variable, reports all faults at once, returns a frozen Config. */
import { readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse as parseEnvFile } from 'dotenv';
import { z } from 'zod';
import { DEFAULT_PORT, ENGINE_IDS, ENV } from './contract.ts';
import type { EngineId, EnvName } from './contract.ts';
import { parseFaults } from './engines/faults.ts';
import type { Faults } from './engines/faults.ts';

const MEGABYTE = 1024 * 1024;
const DEFAULT_ENGINE: EngineId = 'moonshine-base';
const LARGEST_DEFAULT_POOL = 12;

/** What a worker process gets to see of the environment: nothing that could be a secret. */
const WORKER_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH'];

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Null: metrics and status stay on the main port. */
  readonly metricsPort: number | null;
  readonly logLevel: string;
  readonly shutdownGraceMs: number;
  readonly engine: EngineId;
  /** What a request may name; always holds `engine`. */
  readonly engines: readonly EngineId[];
  readonly fallbackEngine: EngineId | null;
  readonly threads: number;
  /** Longest whole request in ms, or null. */
  readonly requestBudgetMs: number | null;
  readonly upload: {
    readonly maxBytes: number;
    readonly stallMs: number;
    readonly spoolDir: string;
    readonly spoolMaxBytes: number;
  };
  readonly maxAudioSeconds: number;
  readonly pool: {
    readonly enabled: boolean;
    readonly size: number;
    readonly maxTasks: number;
    readonly maxRssBytes: number;
    readonly maxAgeMs: number;
    readonly idleRecycleMs: number;
    readonly taskTimeoutMs: number;
    readonly queueSize: number;
    readonly queueTimeoutMs: number;
    /** Environment of the workers. */
    readonly environment: Readonly<Record<string, string>>;
  };
  readonly faults: Faults | null;
}

/** Thrown when the environment is wrong; the message lists every fault, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const integer = (fallback: number, minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum))
    .optional()
    .transform((value) => value ?? fallback)
    .describe(`a whole number from ${minimum} to ${maximum}`);

const optionalInteger = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum))
    .optional()
    .describe(`empty or a whole number from ${minimum} to ${maximum}`);

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => (value === undefined ? fallback : value === 'true'))
    .describe('true or false');

const engineId = z.enum(ENGINE_IDS);
const cores = availableParallelism();

/** One entry a variable: how it is read, its default, and (as description) what is allowed. */
export const ENV_SCHEMA = {
  HOST: z.string().min(1).optional().describe('a host name or address'),
  PORT: integer(DEFAULT_PORT, 0, 65535),
  STT_ENGINE: z
    .enum(['auto', ...ENGINE_IDS])
    .optional()
    .transform((value) => (value === undefined || value === 'auto' ? DEFAULT_ENGINE : value))
    .describe(`auto, ${ENGINE_IDS.join(', ')}`),
  STT_ENGINES: z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(engineId))
    .optional()
    .describe(`a comma-separated list of ${ENGINE_IDS.join(', ')}`),
  STT_FALLBACK_ENGINE: engineId.optional().describe(`empty or one of ${ENGINE_IDS.join(', ')}`),
  STT_THREADS: integer(cores, 1, 64),
  STT_REQUEST_BUDGET: optionalInteger(5, 86_400),
  ENABLE_PROCESS_ISOLATED: flag(true),
  PROCESS_POOL_SIZE: integer(Math.min(cores, LARGEST_DEFAULT_POOL), 1, 256),
  PROCESS_MAX_TASKS: integer(100, 0, 1_000_000),
  PROCESS_MAX_RSS_MB: integer(1024, 0, 1_048_576),
  PROCESS_MAX_AGE_SECONDS: integer(0, 0, 31_536_000),
  PROCESS_IDLE_RECYCLE_SECONDS: integer(60, 0, 86_400),
  PROCESS_TIMEOUT: integer(300, 1, 86_400),
  PROCESS_QUEUE_SIZE: integer(256, 0, 100_000),
  PROCESS_QUEUE_TIMEOUT: integer(60, 1, 86_400),
  STT_MAX_FILE_SIZE_MB: integer(100, 1, 10_240),
  STT_MAX_DURATION_MINUTES: integer(120, 1, 1_440),
  STT_UPLOAD_STALL_SECONDS: integer(30, 1, 3_600),
  STT_SPOOL_DIR: z.string().min(1).optional().describe('a directory that this process can write'),
  STT_SPOOL_MAX_MB: integer(2048, 1, 1_048_576),
  STT_FAULTS: z
    .string()
    .transform((value, context) => {
      try {
        return parseFaults(value);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .optional()
    .describe('leak:<megabytes>MB, crash:<0..1>, hang:<0..1>, slow:<seconds>s, comma-separated'),
  STT_ALLOW_FAULTS: flag(false),
  METRICS_PORT: optionalInteger(0, 65535),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .optional()
    .transform((value) => value ?? 'info')
    .describe('trace, debug, info, warn, error, fatal or silent'),
  SHUTDOWN_GRACE: integer(30, 0, 3_600),
} as const satisfies Record<EnvName, z.ZodType>;

const ENVIRONMENT = z.object(ENV_SCHEMA);
type Environment = z.infer<typeof ENVIRONMENT>;

/** Reads `env` (in production `processEnvironment()`). An empty value counts as unset. Throws `ConfigError`. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    ENV.flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()]] : [])),
  );
  const parsed = ENVIRONMENT.safeParse(given);
  const faults = parsed.success
    ? crossFaults(parsed.data)
    : [...new Set(parsed.error.issues.map(({ path }) => path[0] as EnvName))].map(
        (name) => `${name}=${given[name]}: must be ${ENV_SCHEMA[name].description}`,
      );
  if (!parsed.success || faults.length > 0) {
    throw new ConfigError(
      `The configuration has ${faults.length} fault(s):\n${faults.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  const environment = Object.fromEntries(
    WORKER_VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  return freeze(toConfig(parsed.data, environment));
}

/** The environment of this process over what the file `.env` in the working directory says, if there is one. */
export function processEnvironment(): Record<string, string | undefined> {
  let file = '';
  try {
    file = readFileSync('.env', 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { ...parseEnvFile(file), ...process.env };
}

/**
 * Names that look like ours and are read by nobody: most often a typing error.
 * Kubernetes adds `STT_PORT_…` and `STT_SERVICE_…` for a Service called `stt`; those are no error.
 */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(ENV);
  return Object.keys(env).filter(
    (name) => name.startsWith('STT_') && !known.has(name) && !/_(SERVICE|PORT)(_|$)/.test(name),
  );
}

function crossFaults(env: Environment): string[] {
  const faults: string[] = [];
  if (env.STT_FAULTS !== undefined && !env.STT_ALLOW_FAULTS) {
    faults.push(
      'STT_FAULTS is set: it breaks requests on purpose, so STT_ALLOW_FAULTS=true is needed',
    );
  }
  if (env.STT_FALLBACK_ENGINE !== undefined && env.STT_FALLBACK_ENGINE === env.STT_ENGINE) {
    faults.push(`STT_FALLBACK_ENGINE=${env.STT_FALLBACK_ENGINE}: must differ from STT_ENGINE`);
  }
  if (env.METRICS_PORT !== undefined && env.METRICS_PORT !== 0 && env.METRICS_PORT === env.PORT) {
    faults.push(
      `METRICS_PORT=${env.METRICS_PORT}: must differ from PORT; leave it empty to share PORT`,
    );
  }
  if (env.STT_SPOOL_MAX_MB < env.STT_MAX_FILE_SIZE_MB) {
    faults.push(
      `STT_SPOOL_MAX_MB=${env.STT_SPOOL_MAX_MB}: must be at least STT_MAX_FILE_SIZE_MB (${env.STT_MAX_FILE_SIZE_MB})`,
    );
  }
  return faults;
}

function toConfig(env: Environment, environment: Record<string, string>): Config {
  return {
    host: env.HOST ?? '127.0.0.1',
    port: env.PORT,
    metricsPort: env.METRICS_PORT ?? null,
    logLevel: env.LOG_LEVEL,
    shutdownGraceMs: env.SHUTDOWN_GRACE * 1000,
    engine: env.STT_ENGINE,
    engines: [...new Set([env.STT_ENGINE, ...(env.STT_ENGINES ?? [])])],
    fallbackEngine: env.STT_FALLBACK_ENGINE ?? null,
    threads: env.STT_THREADS,
    requestBudgetMs: env.STT_REQUEST_BUDGET === undefined ? null : env.STT_REQUEST_BUDGET * 1000,
    upload: {
      maxBytes: env.STT_MAX_FILE_SIZE_MB * MEGABYTE,
      stallMs: env.STT_UPLOAD_STALL_SECONDS * 1000,
      spoolDir: resolve(env.STT_SPOOL_DIR ?? join(tmpdir(), 'stt-spool')),
      spoolMaxBytes: env.STT_SPOOL_MAX_MB * MEGABYTE,
    },
    maxAudioSeconds: env.STT_MAX_DURATION_MINUTES * 60,
    pool: {
      enabled: env.ENABLE_PROCESS_ISOLATED,
      size: env.PROCESS_POOL_SIZE,
      maxTasks: env.PROCESS_MAX_TASKS,
      maxRssBytes: env.PROCESS_MAX_RSS_MB * MEGABYTE,
      maxAgeMs: env.PROCESS_MAX_AGE_SECONDS * 1000,
      idleRecycleMs: env.PROCESS_IDLE_RECYCLE_SECONDS * 1000,
      taskTimeoutMs: env.PROCESS_TIMEOUT * 1000,
      queueSize: env.PROCESS_QUEUE_SIZE,
      queueTimeoutMs: env.PROCESS_QUEUE_TIMEOUT * 1000,
      environment,
    },
    faults: env.STT_FAULTS ?? null,
  };
}

function freeze(config: Config): Config {
  for (const value of Object.values(config)) {
    if (value !== null && typeof value === 'object') Object.freeze(value);
  }
  return Object.freeze(config);
}
