import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODE_NAMES } from './modes.ts';
import { readSettings, SettingsError, VARIABLES } from './settings.ts';
import type { Variables } from './variable-reader.ts';

function faultsOf(variables: Variables): readonly string[] {
  try {
    readSettings(variables);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

describe('the settings of a load test', () => {
  it('are a smoke test of the isolated endpoint on this machine where nothing is said', () => {
    expect(readSettings({})).toMatchObject({
      baseUrls: ['http://127.0.0.1:8000'],
      statusUrls: ['http://127.0.0.1:8000/status'],
      endpoint: '/transcriptions/process-isolated',
      mode: 'smoke',
      model: 'closed',
      maxVus: 1,
      steady: '2m',
      language: 'auto',
      gracefulStop: '120s',
      errorRate: 0,
    });
  });

  it.each([
    ['load', '10m 5m 5m', 100],
    ['stress', '15m 10m 5m', 200],
    ['soak', '5m 60m 5m', 50],
  ])('%s runs %s with %d users', (mode, shape, maxVus) => {
    const settings = readSettings({ TEST_MODE: mode });
    expect(`${settings.rampUp} ${settings.steady} ${settings.rampDown}`).toBe(shape);
    expect(settings.maxVus).toBe(maxVus);
  });

  it('can all be set', () => {
    const settings = readSettings({
      BASE_URL: 'https://stt.example.com/api/',
      STATUS_URL: 'http://127.0.0.1:9464/status',
      ENDPOINT: '/transcriptions',
      API_KEY: 'stt_key',
      TEST_MODE: 'spike',
      START_VUS: '3',
      MAX_VUS: '7',
      START_RATE: '0.5',
      MAX_RATE: '9',
      RAMP_UP_DURATION: '1s',
      STEADY_DURATION: '2m30s',
      RAMP_DOWN_DURATION: '0',
      GRACEFUL_STOP: '5s',
      REQUEST_TIMEOUT_MS: '1500',
      THINK_TIME_MIN: '0',
      THINK_TIME_MAX: '0.5',
      LANGUAGE: 'de-DE',
      ENGINE: 'azure-fast',
      AUDIO_FILES_LIST: 'list.json',
      USE_RANDOM_AUDIO: 'false',
      THRESHOLD_P95_DURATION: '1234',
      THRESHOLD_ERROR_RATE: '0.5',
      THRESHOLD_REJECTED_RATE: '0.25',
      LOG_SAMPLE_RATE: '1',
      SUMMARY_FILE: 'summary.json',
    });
    expect(settings).toEqual({
      baseUrls: ['https://stt.example.com/api'],
      statusUrls: ['http://127.0.0.1:9464/status'],
      endpoint: '/transcriptions',
      apiKey: 'stt_key',
      mode: 'spike',
      model: 'open',
      startVus: 3,
      maxVus: 7,
      startRate: 0.5,
      maxRate: 9,
      rampUp: '1s',
      steady: '2m30s',
      rampDown: '0s',
      gracefulStop: '5s',
      requestTimeoutMs: 1500,
      thinkSeconds: { min: 0, max: 0.5 },
      language: 'de-DE',
      engine: 'azure-fast',
      audioFilesList: 'list.json',
      randomAudio: false,
      p95Ms: 1234,
      errorRate: 0.5,
      rejectedRate: 0.25,
      logSampleRate: 1,
      summaryFile: 'summary.json',
    });
  });

  it.each([
    ['BASE_URL', 'stt.example.com', 'addresses such as'],
    ['STATUS_URL', '/status', 'addresses such as'],
    ['ENDPOINT', '/transcribe', 'one of /transcriptions/process-isolated, '],
    ['TEST_MODE', 'lode', `one of ${MODE_NAMES.join(', ')}`],
    ['MAX_VUS', '0', 'a whole number from 1 to 10000'],
    ['MAX_VUS', '2.5', 'a whole number from 1 to 10000'],
    ['MAX_VUS', '1e3', 'a whole number from 1 to 10000'],
    ['START_VUS', '-1', 'a whole number from 0'],
    ['MAX_RATE', 'fast', 'a number from 0'],
    ['RAMP_UP_DURATION', '10 minutes', 'a duration such as'],
    ['STEADY_DURATION', '8760h', '7 days at most'],
    ['GRACEFUL_STOP', 'never', 'a duration such as'],
    ['REQUEST_TIMEOUT_MS', '0', 'a whole number from 1'],
    ['LANGUAGE', 'en_US:en', 'auto or a tag such as en-US'],
    ['ENGINE', 'whisper', 'one of moonshine-base, '],
    ['USE_RANDOM_AUDIO', 'yes', 'one of true, false'],
    ['THRESHOLD_ERROR_RATE', '5', 'a number from 0 to 1'],
    ['LOG_SAMPLE_RATE', 'all', 'a number from 0 to 1'],
  ])('%s=%s is refused with what is allowed', (name, value, allowed) => {
    const [fault, ...others] = faultsOf({ [name]: value });
    expect(fault).toContain(`${name}=${value}: `);
    expect(fault).toContain(allowed);
    expect(others).toEqual([]);
  });

  it('are refused where they contradict one another', () => {
    expect(faultsOf({ THINK_TIME_MIN: '5', THINK_TIME_MAX: '2' })).toEqual([
      'THINK_TIME_MAX=2: at least 5',
    ]);
    expect(faultsOf({ TEST_MODE: 'spike', START_RATE: '30' })).toEqual([
      'START_RATE=30: at most MAX_RATE, 20',
    ]);
    expect(faultsOf({ STEADY_DURATION: '0' })[0]).toContain('nothing would run');
  });

  it('tell all faults at once, and no secrets', () => {
    const faults = faultsOf({ MAX_VUS: 'x', ENDPOINT: 'y', API_KEY: 'two words' });
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain('two words');
    expect(faultsOf({ BASE_URL: 'http://me:word@stt.example.com' })).toEqual([
      'BASE_URL=http://…@stt.example.com: addresses such as http://127.0.0.1:8000, without a user, separated by commas, 100 at most',
    ]);
  });

  it('may name several services that share the load', () => {
    expect(readSettings({ BASE_URL: 'http://a:1/, http://b:2' })).toMatchObject({
      baseUrls: ['http://a:1', 'http://b:2'],
      statusUrls: ['http://a:1/status', 'http://b:2/status'],
    });
    expect(faultsOf({ BASE_URL: 'http://a:1,,http://b:2' })).toHaveLength(1);
  });

  it('follow the rate down where only its top is said', () => {
    expect(readSettings({ TEST_MODE: 'recycle', MAX_RATE: '0.5' }).startRate).toBe(0.5);
  });

  it('are all in .env.k6.example, and nothing else but the Prometheus to write to', () => {
    const example = readFileSync(join(import.meta.dirname, '../../.env.k6.example'), 'utf8');
    const names = [...example.matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    const own = VARIABLES.filter((name) => name !== 'SUMMARY_FILE');
    expect(names.toSorted()).toEqual([...own, 'PROMETHEUS_URL'].toSorted());
  });

  it('are all explained in docs/load-testing.md, and so is every mode', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../docs/load-testing.md'), 'utf8');
    const own = VARIABLES.filter((name) => name !== 'SUMMARY_FILE');
    for (const name of [...own, ...MODE_NAMES]) expect(docs, name).toContain(`\`${name}\``);
  });
});
