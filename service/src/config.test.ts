import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { describe, expect, it } from 'vitest';
import { ConfigError, ENV_SCHEMA, readConfig, unknownVariables } from './config.ts';
import { ENV } from './contract.ts';

const EXAMPLE = parse(readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8'));

function faultsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('configuration', () => {
  it('works with nothing set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8000,
      metricsPort: null,
      engine: 'moonshine-base',
      engines: ['moonshine-base'],
      fallbackEngine: null,
      threads: availableParallelism(),
      requestBudgetMs: null,
      maxAudioSeconds: 7200,
      shutdownGraceMs: 30_000,
      faults: null,
      logLevel: 'info',
    });
    expect(config.upload).toMatchObject({
      maxBytes: 100 * 1024 * 1024,
      spoolMaxBytes: 2048 * 1024 * 1024,
      stallMs: 30_000,
    });
    expect(config.pool).toEqual({
      enabled: true,
      size: Math.min(12, availableParallelism()),
      maxTasks: 100,
      maxRssBytes: 1024 * 1024 * 1024,
      maxAgeMs: 0,
      idleRecycleMs: 60_000,
      taskTimeoutMs: 300_000,
      queueSize: 256,
      queueTimeoutMs: 60_000,
      environment: {},
    });
  });

  it('gives the same for the example file as for nothing', () => {
    expect(readConfig(EXAMPLE)).toEqual(readConfig({}));
  });

  it('is documented variable by variable in the example file, in the contract and in the schema', () => {
    expect(Object.keys(EXAMPLE).toSorted()).toEqual([...ENV].toSorted());
    expect(Object.keys(ENV_SCHEMA).toSorted()).toEqual([...ENV].toSorted());
  });

  it('reads every variable', () => {
    const config = readConfig({
      HOST: '0.0.0.0',
      PORT: '9000',
      METRICS_PORT: '9001',
      STT_ENGINE: 'moonshine-tiny',
      STT_ENGINES: 'moonshine-base, moonshine-tiny',
      STT_FALLBACK_ENGINE: 'moonshine-base',
      STT_THREADS: '3',
      STT_REQUEST_BUDGET: '200',
      ENABLE_PROCESS_ISOLATED: 'false',
      PROCESS_POOL_SIZE: '5',
      PROCESS_MAX_TASKS: '7',
      PROCESS_MAX_RSS_MB: '512',
      PROCESS_MAX_AGE_SECONDS: '60',
      PROCESS_IDLE_RECYCLE_SECONDS: '0',
      PROCESS_TIMEOUT: '10',
      PROCESS_QUEUE_SIZE: '4',
      PROCESS_QUEUE_TIMEOUT: '20',
      STT_MAX_FILE_SIZE_MB: '1',
      STT_MAX_DURATION_MINUTES: '2',
      STT_UPLOAD_STALL_SECONDS: '3',
      STT_SPOOL_DIR: '/somewhere',
      STT_SPOOL_MAX_MB: '10',
      STT_FAULTS: 'leak:260MB,crash:0.1,hang:0.05,slow:2s',
      STT_ALLOW_FAULTS: 'true',
      LOG_LEVEL: 'warn',
      SHUTDOWN_GRACE: '5',
      PATH: '/bin',
      SECRET: 'not for workers',
    });
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 9000,
      metricsPort: 9001,
      engine: 'moonshine-tiny',
      engines: ['moonshine-tiny', 'moonshine-base'],
      fallbackEngine: 'moonshine-base',
      threads: 3,
      requestBudgetMs: 200_000,
      pool: {
        enabled: false,
        size: 5,
        maxTasks: 7,
        maxRssBytes: 512 * 1024 * 1024,
        maxAgeMs: 60_000,
        idleRecycleMs: 0,
        taskTimeoutMs: 10_000,
        queueSize: 4,
        queueTimeoutMs: 20_000,
        environment: { PATH: '/bin' },
      },
      upload: {
        maxBytes: 1024 * 1024,
        stallMs: 3_000,
        spoolDir: '/somewhere',
        spoolMaxBytes: 10 * 1024 * 1024,
      },
      maxAudioSeconds: 120,
      faults: { leakBytes: 260 * 1024 * 1024, crashRate: 0.1, hangRate: 0.05, slowSeconds: 2 },
      logLevel: 'warn',
      shutdownGraceMs: 5_000,
    });
  });

  it('names every fault at once, with its value and what is allowed', () => {
    const message = faultsOf({
      PORT: '70000',
      STT_ENGINE: 'whisper',
      ENABLE_PROCESS_ISOLATED: 'yes',
      PROCESS_MAX_TASKS: '-1',
      STT_FAULTS: 'explode:1',
    });
    expect(message).toContain('5 fault(s)');
    expect(message).toContain('PORT=70000: must be a whole number from 0 to 65535');
    expect(message).toContain('STT_ENGINE=whisper: must be auto, moonshine-base, moonshine-tiny');
    expect(message).toContain('ENABLE_PROCESS_ISOLATED=yes: must be true or false');
    expect(message).toContain('PROCESS_MAX_TASKS=-1');
    expect(message).toContain('STT_FAULTS=explode:1');
  });

  it('refuses faults on purpose unless they are allowed', () => {
    expect(faultsOf({ STT_FAULTS: 'slow:1s' })).toContain('STT_ALLOW_FAULTS=true');
  });

  it('refuses values that contradict each other', () => {
    expect(faultsOf({ STT_FALLBACK_ENGINE: 'moonshine-base' })).toContain(
      'must differ from STT_ENGINE',
    );
    expect(faultsOf({ METRICS_PORT: '8000' })).toContain('must differ from PORT');
    expect(faultsOf({ STT_SPOOL_MAX_MB: '50' })).toContain('at least STT_MAX_FILE_SIZE_MB (100)');
  });

  it('is frozen', () => {
    const config = readConfig({});
    expect(Object.isFrozen(config) && Object.isFrozen(config.pool)).toBe(true);
  });

  it('notices names that nothing reads, but not those that Kubernetes adds for a Service', () => {
    expect(
      unknownVariables({
        STT_ENGINEE: 'x',
        STT_PORT: '1',
        STT_SERVICE_HOST: '1',
        STT_ENGINE: 'auto',
      }),
    ).toEqual(['STT_ENGINEE']);
  });
});
