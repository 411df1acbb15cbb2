/** Settings of a load test, read from variables: every fault at once, with name, value and what is allowed. */
import { DEFAULT_PORT, ENGINE_IDS, PATHS } from '../../service/src/contract.ts';
import { durationSeconds } from './durations.ts';
import { MODE_NAMES, MODES } from './modes.ts';
import type { Mode, ModeName } from './modes.ts';

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
export type Variables = Readonly<Record<string, string | undefined>>;

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
  const faults: string[] = [];
  const text = (name: VariableName, otherwise = '') => variables[name]?.trim() || otherwise;
  const wrong = (name: VariableName, allowed: string) =>
    void faults.push(`${name}=${shown(name, text(name))}: ${allowed}`);

  function one<Value extends string>(
    name: VariableName,
    values: readonly Value[],
    otherwise: Value,
  ): Value {
    const found = values.find((value) => value === text(name, otherwise));
    if (found === undefined) wrong(name, `one of ${values.join(', ')}`);
    return found ?? otherwise;
  }

  function number(
    name: VariableName,
    otherwise: number,
    { min, max, whole = false }: { min: number; max: number; whole?: boolean },
  ): number {
    const given = text(name);
    if (given === '') return otherwise;
    const value = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    wrong(name, `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
    return otherwise;
  }

  function duration(name: VariableName, otherwise: string): string {
    const given = text(name, otherwise);
    const seconds = durationSeconds(given);
    if (seconds !== null && seconds <= MAX_DURATION_SECONDS) return given === '0' ? '0s' : given;
    wrong(name, 'a duration such as 90s, 10m or 1h30m, 7 days at most');
    return otherwise;
  }

  function addresses(name: VariableName, otherwise = ''): readonly string[] {
    const all = text(name, otherwise)
      .split(',')
      .map((each) => each.trim().replace(/\/+$/, ''));
    if (!all.every((each) => ADDRESS.test(each)) || all.length > MAX_ADDRESSES) {
      wrong(
        name,
        `addresses such as http://127.0.0.1:8000, without a user, separated by commas, ${MAX_ADDRESSES} at most`,
      );
    }
    return all;
  }

  const mode = one('TEST_MODE', MODE_NAMES, 'smoke');
  const usual = MODES[mode];
  const baseUrls = addresses('BASE_URL', `http://127.0.0.1:${DEFAULT_PORT}`);
  const maxVus = number('MAX_VUS', usual.maxVus, { min: 1, max: MAX_VUS, whole: true });
  const maxRate = number('MAX_RATE', usual.maxRate, RATE);
  const requestTimeoutMs = number('REQUEST_TIMEOUT_MS', 120_000, {
    min: 1,
    max: 3_600_000,
    whole: true,
  });
  const thinkMin = number('THINK_TIME_MIN', 1, THINK);
  const settings: Settings = {
    baseUrls,
    statusUrls:
      text('STATUS_URL') === ''
        ? baseUrls.map((url) => url + PATHS.status)
        : addresses('STATUS_URL'),
    endpoint: one('ENDPOINT', ENDPOINTS, PATHS.transcriptionsIsolated),
    apiKey: text('API_KEY'),
    mode,
    model: usual.model,
    startVus: number('START_VUS', 1, { min: 0, max: MAX_VUS, whole: true }),
    maxVus,
    startRate: number('START_RATE', Math.min(usual.startRate, maxRate), RATE),
    maxRate,
    rampUp: duration('RAMP_UP_DURATION', usual.rampUp),
    steady: duration('STEADY_DURATION', usual.steady),
    rampDown: duration('RAMP_DOWN_DURATION', usual.rampDown),
    // Shorter than a request may take, it would cut answers that were on their way.
    gracefulStop: duration('GRACEFUL_STOP', `${Math.ceil(requestTimeoutMs / 1000)}s`),
    requestTimeoutMs,
    thinkSeconds: { min: thinkMin, max: number('THINK_TIME_MAX', Math.max(3, thinkMin), THINK) },
    language: text('LANGUAGE', 'auto'),
    engine: text('ENGINE'),
    audioFilesList: text('AUDIO_FILES_LIST'),
    randomAudio: one('USE_RANDOM_AUDIO', ['true', 'false'], 'true') === 'true',
    p95Ms: number('THRESHOLD_P95_DURATION', usual.p95Ms, { min: 1, max: 3_600_000 }),
    errorRate: number('THRESHOLD_ERROR_RATE', usual.errorRate, SHARE),
    rejectedRate: number('THRESHOLD_REJECTED_RATE', usual.rejectedRate, SHARE),
    logSampleRate: number('LOG_SAMPLE_RATE', 0.01, SHARE),
    summaryFile: text('SUMMARY_FILE'),
  };
  if (!LANGUAGE.test(settings.language)) wrong('LANGUAGE', 'auto or a tag such as en-US');
  if (settings.engine !== '') one('ENGINE', ENGINE_IDS, ENGINE_IDS[0]);
  if (!/^[\x21-\x7e]*$/.test(settings.apiKey)) wrong('API_KEY', 'visible ASCII without spaces');
  if (settings.thinkSeconds.max < thinkMin) wrong('THINK_TIME_MAX', `at least ${thinkMin}`);
  if (settings.model === 'open' && settings.startRate > maxRate) {
    wrong('START_RATE', `at most MAX_RATE, ${maxRate}`);
  }
  const shape = [settings.rampUp, settings.steady, settings.rampDown];
  if (faults.length === 0 && shape.every((part) => durationSeconds(part) === 0)) {
    faults.push(
      'RAMP_UP_DURATION, STEADY_DURATION and RAMP_DOWN_DURATION are all 0: nothing would run',
    );
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

const MAX_DURATION_SECONDS = 7 * 24 * 3600;
const MAX_VUS = 10_000;
const MAX_ADDRESSES = 100;
const RATE = { min: 0, max: 10_000 };
const THINK = { min: 0, max: 3600 };
const SHARE = { min: 0, max: 1 };
const ADDRESS = /^https?:\/\/[^\s/@]+(?:\/[^\s@]*)?$/;
const LANGUAGE = /^(?:auto|[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)$/;

/** Without what may be a secret. */
function shown(name: VariableName, value: string): string {
  return name === 'API_KEY' ? '…' : value.replace(/\/\/[^/]*@/g, '//…@');
}
