import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, unknownVariables } from './config.ts';
import { ENV_SCHEMA } from './env-schema.ts';
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
      keysFile: null,
      faults: null,
      azure: null,
      logLevel: 'info',
    });
    expect(config.upload).toMatchObject({
      maxBytes: 100 * 1024 * 1024,
      spoolMaxBytes: 2048 * 1024 * 1024,
      stallMs: 30_000,
      minBytesPerSecond: 1024,
    });
    expect(config.perimeter).toEqual({ maxPerAddress: 0, trustedProxies: 0, corsOrigins: [] });
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
      STT_LANGUAGES: 'de-DE, en-GB,de-DE',
      STT_AZURE_SPEECH_RESOURCE_NAME: 'Speech-1',
      STT_AZURE_SPEECH_REGION: 'swedencentral',
      AZURE_CLIENT_ID: '8a4c7f0e-9d7b-4c3e-8f5a-2b6d1e0f9a7c',
      STT_AZURE_CONCURRENCY: '9',
      STT_AZURE_FAST_MAX_FILE_SIZE_MB: '2',
      STT_AZURE_FAST_MAX_DURATION_MINUTES: '3',
      STT_AZURE_FAST_REQUESTS_PER_MINUTE: '4',
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
      STT_UPLOAD_MIN_BYTES_PER_SECOND: '500',
      STT_MAX_CONNECTIONS_PER_ADDRESS: '20',
      STT_TRUST_PROXY: '1',
      STT_CORS_ORIGINS: 'https://app.example, http://localhost:5173',
      STT_SPOOL_DIR: '/somewhere',
      STT_SPOOL_MAX_MB: '10',
      STT_API_KEYS_FILE: '/etc/stt/keys',
      STT_FAULTS: 'leak:260MB,crash:0.1,hang:0.05,slow:2s',
      STT_ALLOW_FAULTS: 'true',
      LOG_LEVEL: 'warn',
      SHUTDOWN_GRACE: '5',
      PATH: '/bin',
      HTTPS_PROXY: 'http://proxy:3128',
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
        environment: { PATH: '/bin', HTTPS_PROXY: 'http://proxy:3128' },
      },
      upload: {
        maxBytes: 1024 * 1024,
        stallMs: 3_000,
        minBytesPerSecond: 500,
        spoolDir: '/somewhere',
        spoolMaxBytes: 10 * 1024 * 1024,
      },
      perimeter: {
        maxPerAddress: 20,
        trustedProxies: 1,
        corsOrigins: ['https://app.example', 'http://localhost:5173'],
      },
      maxAudioSeconds: 120,
      keysFile: '/etc/stt/keys',
      faults: { leakBytes: 260 * 1024 * 1024, crashRate: 0.1, hangRate: 0.05, slowSeconds: 2 },
      azure: {
        endpoint: 'https://speech-1.cognitiveservices.azure.com',
        languages: ['de-DE', 'en-GB'],
        stallMs: 8_000,
        fast: { maxBytes: 2 * 1024 * 1024, maxSeconds: 180 },
        scope: 'https://cognitiveservices.azure.com/.default',
        clientId: '8a4c7f0e-9d7b-4c3e-8f5a-2b6d1e0f9a7c',
        concurrency: 9,
        fastRequestsPerMinute: 4,
      },
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

  it('makes Azure the default where a resource or an address is named, with twelve workers', () => {
    for (const env of [
      { STT_AZURE_SPEECH_RESOURCE_NAME: 'speech' },
      { STT_AZURE_SPEECH_ENDPOINT: 'http://127.0.0.1:5010/' },
    ]) {
      const config = readConfig(env);
      expect(config.engine).toBe('azure-speech');
      expect(config.pool.size).toBe(12);
    }
    const embedded = readConfig({
      STT_AZURE_SPEECH_RESOURCE_NAME: 'speech',
      STT_ENGINE: 'moonshine-base',
    });
    expect(embedded.engine).toBe('moonshine-base');
  });

  it('takes domain and audience from the cloud of the region', () => {
    const azureIn = (region: string) =>
      readConfig({
        STT_AZURE_SPEECH_RESOURCE_NAME: 'speech',
        STT_AZURE_SPEECH_REGION: region,
      }).azure;
    expect(azureIn('usgovvirginia')).toMatchObject({
      endpoint: 'https://speech.cognitiveservices.azure.us',
      scope: 'https://cognitiveservices.azure.us/.default',
    });
    expect(azureIn('chinanorth3')).toMatchObject({
      endpoint: 'https://speech.cognitiveservices.azure.cn',
      scope: 'https://cognitiveservices.azure.cn/.default',
    });
  });

  it('refuses an Azure engine without a resource, wherever it is named', () => {
    for (const name of ['STT_ENGINE', 'STT_ENGINES', 'STT_FALLBACK_ENGINE']) {
      expect(faultsOf({ [name]: 'azure-fast' })).toContain(
        'STT_AZURE_SPEECH_RESOURCE_NAME is missing',
      );
    }
  });

  it('gives tokens to nobody but https and this machine', () => {
    for (const address of [
      'http://speech.example.com',
      'ftp://127.0.0.1',
      'https://user@speech.example.com',
      'https://speech.example.com/?key=1',
      'speech',
    ]) {
      expect(faultsOf({ STT_AZURE_SPEECH_ENDPOINT: address })).toContain('an https address');
    }
  });

  it('refuses a locale that Azure has no model for', () => {
    expect(faultsOf({ STT_LANGUAGES: 'en-US,tlh-KX' })).toContain('STT_LANGUAGES=en-US,tlh-KX');
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
