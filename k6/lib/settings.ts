/** Settings of a load test, read from variables: every fault at once, with name, value and what is allowed. */
import { DEFAULT_PORT, ENGINE_IDS, PATHS } from '../../service/src/contract.ts';
import { durationSeconds } from './durations.ts';
import { MODE_NAMES, MODES } from './modes.ts';
import type { Mode, ModeName } from './modes.ts';
import { VariableReader } from './variable-reader.ts';
import type { Variables } from './variable-reader.ts';

export const ENDPOINTS = [
  PATHS.transcriptionsIsolated,
  PATHS.transcriptions,
  PATHS.transcriptionsSync,
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Every variable that a load test reads; `.env.k6.example` documents each, and a test holds the two equal. */
export const VARIABLES = [
  'BASE_URL',
  'STATUS_URL',
  'ENDPOINT',
  'API_KEY',
  'TEST_MODE',
  'START_VUS',
  'MAX_VUS',
  'START_RATE',
  'MAX_RATE',
  'RAMP_UP_DURATION',
  'STEADY_DURATION',
  'RAMP_DOWN_DURATION',
  'GRACEFUL_STOP',
  'REQUEST_TIMEOUT_MS',
  'THINK_TIME_MIN',
  'THINK_TIME_MAX',
  'LANGUAGE',
  'ENGINE',
  'AUDIO_FILES_LIST',
  'USE_RANDOM_AUDIO',
  'THRESHOLD_P95_DURATION',
  'THRESHOLD_ERROR_RATE',
  'THRESHOLD_REJECTED_RATE',
  'LOG_SAMPLE_RATE',
  'SUMMARY_FILE',
] as const;
export type VariableName = (typeof VARIABLES)[number];

export interface Settings {
  /** Without a slash at the end. Several share the load: users take them in turn. */
  readonly baseUrls: readonly string[];
  readonly statusUrls: readonly string[];
  readonly endpoint: Endpoint;
  /** Empty where the service asks for none. */
  readonly apiKey: string;
  readonly mode: ModeName;
  readonly model: Mode['model'];
  readonly startVus: number;
  readonly maxVus: number;
  /** Requests a second. */
  readonly startRate: number;
  readonly maxRate: number;
  /** As k6 writes durations. */
  readonly rampUp: string;
  readonly steady: string;
  readonly rampDown: string;
  readonly gracefulStop: string;
  readonly requestTimeoutMs: number;
  /** Seconds between an answer and the same user's next request. */
  readonly thinkSeconds: { readonly min: number; readonly max: number };
  readonly language: string;
  /** Empty for the service's own. */
  readonly engine: string;
  /** Empty for LibriSpeech where it is there, else the samples. */
  readonly audioFilesList: string;
  readonly randomAudio: boolean;
  readonly p95Ms: number;
  readonly errorRate: number;
  readonly rejectedRate: number;
  readonly logSampleRate: number;
  /** Where the summary goes; empty for nowhere. */
  readonly summaryFile: string;
}

/** Holds every fault, one a line. */
export class SettingsError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `Settings of the load test are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'SettingsError';
    this.faults = faults;
  }
}

/** Throws `SettingsError`. A variable that is empty counts as not set. */
export function readSettings(variables: Variables): Settings {
  const read = new VariableReader<VariableName>(variables, ['API_KEY']);
  const mode = read.one('TEST_MODE', MODE_NAMES, 'smoke');
  const usual = MODES[mode];
  const baseUrls = read.addresses('BASE_URL', `http://127.0.0.1:${DEFAULT_PORT}`);
  const maxRate = read.number('MAX_RATE', usual.maxRate, RATE);
  const requestTimeoutMs = read.number('REQUEST_TIMEOUT_MS', 120_000, MILLISECONDS);
  const thinkMin = read.number('THINK_TIME_MIN', 1, THINK_SECONDS);
  const settings: Settings = {
    baseUrls,
    statusUrls:
      read.text('STATUS_URL') === ''
        ? baseUrls.map((url) => url + PATHS.status)
        : read.addresses('STATUS_URL'),
    endpoint: read.one('ENDPOINT', ENDPOINTS, PATHS.transcriptionsIsolated),
    apiKey: read.formed('API_KEY', KEY, 'visible ASCII without spaces'),
    mode,
    model: usual.model,
    startVus: read.number('START_VUS', 1, { ...VUS, min: 0 }),
    maxVus: read.number('MAX_VUS', usual.maxVus, VUS),
    startRate: read.number('START_RATE', Math.min(usual.startRate, maxRate), RATE),
    maxRate,
    rampUp: read.duration('RAMP_UP_DURATION', usual.rampUp),
    steady: read.duration('STEADY_DURATION', usual.steady),
    rampDown: read.duration('RAMP_DOWN_DURATION', usual.rampDown),
    // Shorter than a request may take, it would cut answers that were on their way.
    gracefulStop: read.duration('GRACEFUL_STOP', `${Math.ceil(requestTimeoutMs / 1000)}s`),
    requestTimeoutMs,
    thinkSeconds: {
      min: thinkMin,
      max: read.number('THINK_TIME_MAX', Math.max(3, thinkMin), THINK_SECONDS),
    },
    language: read.formed('LANGUAGE', LANGUAGE, 'auto or a tag such as en-US', 'auto'),
    engine: read.text('ENGINE') === '' ? '' : read.one('ENGINE', ENGINE_IDS, ENGINE_IDS[0]),
    audioFilesList: read.text('AUDIO_FILES_LIST'),
    randomAudio: read.one('USE_RANDOM_AUDIO', ['true', 'false'], 'true') === 'true',
    p95Ms: read.number('THRESHOLD_P95_DURATION', usual.p95Ms, MILLISECONDS),
    errorRate: read.number('THRESHOLD_ERROR_RATE', usual.errorRate, SHARE),
    rejectedRate: read.number('THRESHOLD_REJECTED_RATE', usual.rejectedRate, SHARE),
    logSampleRate: read.number('LOG_SAMPLE_RATE', 0.01, SHARE),
    summaryFile: read.text('SUMMARY_FILE'),
  };
  checkTogether(read, settings);
  if (read.faults.length > 0) throw new SettingsError(read.faults);
  return settings;
}

/** What no variable shows alone. */
function checkTogether(read: VariableReader<VariableName>, settings: Settings): void {
  const { thinkSeconds, model, startRate, maxRate, rampUp, steady, rampDown } = settings;
  if (thinkSeconds.max < thinkSeconds.min) {
    read.wrong('THINK_TIME_MAX', `at least ${thinkSeconds.min}`);
  }
  if (model === 'open' && startRate > maxRate) {
    read.wrong('START_RATE', `at most MAX_RATE, ${maxRate}`);
  }
  const nothing = [rampUp, steady, rampDown].every((part) => durationSeconds(part) === 0);
  if (read.faults.length === 0 && nothing) {
    read.faults.push(
      'RAMP_UP_DURATION, STEADY_DURATION and RAMP_DOWN_DURATION are all 0: nothing would run',
    );
  }
}

const VUS = { min: 1, max: 10_000, whole: true };
const RATE = { min: 0, max: 10_000 };
const MILLISECONDS = { min: 1, max: 3_600_000, whole: true };
const THINK_SECONDS = { min: 0, max: 3600 };
const SHARE = { min: 0, max: 1 };
const KEY = /^[\x21-\x7e]*$/;
const LANGUAGE = /^(?:auto|[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)$/;
