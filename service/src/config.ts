/** The only reader of the environment: checks every variable, reports all faults at once, returns a frozen Config. */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse as parseEnvFile } from 'dotenv';
import { z } from 'zod';
import { ENV } from './contract.ts';
import type { EngineId, EnvName } from './contract.ts';
import { resourceEndpoint, tokenScope } from './engines/azure/endpoint.ts';
import type { AzureSettings } from './engines/azure/settings.ts';
import type { Faults } from './engines/faults.ts';
import { isAzure } from './engines/registry.ts';
import { CORES, ENV_SCHEMA } from './env-schema.ts';

const MEGABYTE = 1024 * 1024;
const EMBEDDED_ENGINE: EngineId = 'moonshine-base';
const LARGEST_DEFAULT_POOL = 12;

/** What a worker process gets to see of the environment: nothing that could be a secret. */
const WORKER_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH'];

/** What a worker needs on top of that to reach Azure from behind a proxy or a private certificate authority. */
const NETWORK_VARIABLES = [
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** Read by `DefaultAzureCredential` itself, from the environment of the process. */
const CREDENTIAL_VARIABLES = /^(AZURE|IDENTITY|MSI)_/;

/** Silence of Azure after which a recording is given up, where PROCESS_TIMEOUT is not shorter still. */
const AZURE_STALL_MS = 30_000;

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
    /** Slowest pace of an upload; 0: any. */
    readonly minBytesPerSecond: number;
    readonly spoolDir: string;
    readonly spoolMaxBytes: number;
  };
  readonly perimeter: {
    /** Requests in flight of one client address; 0: any number. */
    readonly maxPerAddress: number;
    /** Proxies in front of the service whose X-Forwarded-For is believed. */
    readonly trustedProxies: number;
    readonly corsOrigins: readonly string[];
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
  /** Whose keys may use the service; null: everyone may. */
  readonly keysFile: string | null;
  readonly faults: Faults | null;
  /** Null where no resource is named. */
  readonly azure: AzureConfig | null;
}

export interface AzureConfig extends AzureSettings {
  /** What tokens are asked for. */
  readonly scope: string;
  /** Client id of a user-assigned identity, or null for the one there is. */
  readonly clientId: string | null;
  /** Most transcriptions at once, over all routes. */
  readonly concurrency: number;
  readonly fastRequestsPerMinute: number;
}

/** Thrown when the environment is wrong; the message lists every fault, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

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
  const passed = hasAzure(parsed.data)
    ? [...WORKER_VARIABLES, ...NETWORK_VARIABLES]
    : WORKER_VARIABLES;
  const environment = Object.fromEntries(
    passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  return freeze(toConfig(parsed.data, environment));
}

/**
 * The environment of this process over what the file `.env` in the working directory says, if there is one.
 * What the Azure identity library reads by itself is put into the environment of the process.
 */
export function processEnvironment(): Record<string, string | undefined> {
  let file = '';
  try {
    file = readFileSync('.env', 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const parsed = parseEnvFile(file);
  for (const [variable, value] of Object.entries(parsed)) {
    if (CREDENTIAL_VARIABLES.test(variable) && value !== '') process.env[variable] ??= value;
  }
  return { ...parsed, ...process.env };
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
  const engines = enginesOf(env);
  if (!hasAzure(env) && [...engines, env.STT_FALLBACK_ENGINE].some((id) => id && isAzure(id))) {
    faults.push(
      'STT_AZURE_SPEECH_RESOURCE_NAME is missing: STT_ENGINE, STT_ENGINES or STT_FALLBACK_ENGINE names an Azure engine',
    );
  }
  if (env.STT_FALLBACK_ENGINE !== undefined && env.STT_FALLBACK_ENGINE === engines[0]) {
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
    engine: defaultEngine(env),
    engines: enginesOf(env),
    fallbackEngine: env.STT_FALLBACK_ENGINE ?? null,
    threads: env.STT_THREADS,
    requestBudgetMs: env.STT_REQUEST_BUDGET === undefined ? null : env.STT_REQUEST_BUDGET * 1000,
    upload: {
      maxBytes: env.STT_MAX_FILE_SIZE_MB * MEGABYTE,
      stallMs: env.STT_UPLOAD_STALL_SECONDS * 1000,
      minBytesPerSecond: env.STT_UPLOAD_MIN_BYTES_PER_SECOND,
      spoolDir: resolve(env.STT_SPOOL_DIR ?? join(tmpdir(), 'stt-spool')),
      spoolMaxBytes: env.STT_SPOOL_MAX_MB * MEGABYTE,
    },
    perimeter: {
      maxPerAddress: env.STT_MAX_CONNECTIONS_PER_ADDRESS,
      trustedProxies: env.STT_TRUST_PROXY,
      corsOrigins: env.STT_CORS_ORIGINS,
    },
    maxAudioSeconds: env.STT_MAX_DURATION_MINUTES * 60,
    pool: {
      enabled: env.ENABLE_PROCESS_ISOLATED,
      size: env.PROCESS_POOL_SIZE ?? defaultPoolSize(defaultEngine(env)),
      maxTasks: env.PROCESS_MAX_TASKS,
      maxRssBytes: env.PROCESS_MAX_RSS_MB * MEGABYTE,
      maxAgeMs: env.PROCESS_MAX_AGE_SECONDS * 1000,
      idleRecycleMs: env.PROCESS_IDLE_RECYCLE_SECONDS * 1000,
      taskTimeoutMs: env.PROCESS_TIMEOUT * 1000,
      queueSize: env.PROCESS_QUEUE_SIZE,
      queueTimeoutMs: env.PROCESS_QUEUE_TIMEOUT * 1000,
      environment,
    },
    keysFile: env.STT_API_KEYS_FILE === undefined ? null : resolve(env.STT_API_KEYS_FILE),
    faults: env.STT_FAULTS ?? null,
    azure: azureOf(env),
  };
}

function hasAzure(env: Environment): boolean {
  return (
    env.STT_AZURE_SPEECH_RESOURCE_NAME !== undefined || env.STT_AZURE_SPEECH_ENDPOINT !== undefined
  );
}

function defaultEngine(env: Environment): EngineId {
  if (env.STT_ENGINE !== undefined && env.STT_ENGINE !== 'auto') return env.STT_ENGINE;
  return hasAzure(env) ? 'azure-speech' : EMBEDDED_ENGINE;
}

function enginesOf(env: Environment): EngineId[] {
  return [...new Set([defaultEngine(env), ...(env.STT_ENGINES ?? [])])];
}

/** A worker that waits for Azure takes no core. */
function defaultPoolSize(engine: EngineId): number {
  return isAzure(engine) ? LARGEST_DEFAULT_POOL : Math.min(CORES, LARGEST_DEFAULT_POOL);
}

function azureOf(env: Environment): AzureConfig | null {
  const region = env.STT_AZURE_SPEECH_REGION ?? null;
  const resource = env.STT_AZURE_SPEECH_RESOURCE_NAME;
  const endpoint =
    env.STT_AZURE_SPEECH_ENDPOINT ??
    (resource === undefined ? null : resourceEndpoint(resource, region));
  if (endpoint === null) return null;
  return {
    endpoint,
    languages: env.STT_LANGUAGES,
    // Sooner than the pool gives up: it would have to kill the worker.
    stallMs: Math.min(AZURE_STALL_MS, env.PROCESS_TIMEOUT * 800),
    fast: {
      maxBytes: env.STT_AZURE_FAST_MAX_FILE_SIZE_MB * MEGABYTE,
      maxSeconds: env.STT_AZURE_FAST_MAX_DURATION_MINUTES * 60,
    },
    scope: tokenScope(region),
    clientId: env.AZURE_CLIENT_ID ?? null,
    concurrency: env.STT_AZURE_CONCURRENCY,
    fastRequestsPerMinute: env.STT_AZURE_FAST_REQUESTS_PER_MINUTE,
  };
}

function freeze(config: Config): Config {
  for (const value of Object.values(config)) {
    if (value !== null && typeof value === 'object') Object.freeze(value);
  }
  return Object.freeze(config);
}
