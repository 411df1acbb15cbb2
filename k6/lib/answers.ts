/** What came back for an upload: answered, turned away in good order, or failed, and whether the answer is right. */
import { PATHS } from '../../service/src/contract.ts';
import type { Isolation } from '../../service/src/contract.ts';
import type { Recording } from './recordings.ts';
import type { Endpoint } from './settings.ts';

export interface Answer {
  readonly text: string;
  readonly durationSeconds: number;
  readonly engine: string;
  readonly isolation: string;
  readonly queueMs: number;
  readonly transcribeMs: number;
  readonly totalMs: number;
}

export type Outcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The service had no room and said so, as it should. */
  | { readonly kind: 'rejected'; readonly code: string }
  | { readonly kind: 'failed'; readonly code: string };

/** Codes of 503 that mean no room now; any other 503 is a fault. */
const NO_ROOM = ['queue_full', 'queue_timeout', 'storage_full'];

/** https://grafana.com/docs/k6/latest/javascript-api/error-codes: a request that took longer than its limit. */
const K6_TIMEOUT = 1050;
/** A code becomes a label of a series: nobody's free text, and no address of the moment. */
const CODE = /^[a-z][a-z_]{1,40}$/;

/** `status` is 0 where no answer came; `errorCode` is then k6's. Never throws. */
export function outcomeOf(status: number, body: unknown, errorCode = 0): Outcome {
  const json = jsonOf(body);
  if (status === 200) {
    const answer = answerOf(json);
    return answer === null
      ? { kind: 'failed', code: 'unreadable_answer' }
      : { kind: 'answered', answer };
  }
  if (status === 0) {
    return { kind: 'failed', code: errorCode === K6_TIMEOUT ? 'no_answer_in_time' : 'no_answer' };
  }
  const said = textOf(json, 'code');
  const code = CODE.test(said) ? said : `status_${status}`;
  const rejected = status === 429 || (status === 503 && NO_ROOM.includes(code));
  return { kind: rejected ? 'rejected' : 'failed', code };
}

const ISOLATION_OF: Readonly<Record<Endpoint, Isolation>> = {
  [PATHS.transcriptionsIsolated]: 'process',
  [PATHS.transcriptions]: 'thread',
  [PATHS.transcriptionsSync]: 'none',
};

/** A frame of the codec may be cut off at the end or filled up. */
const LENGTH_TOLERANCE_SECONDS = 0.15;

/** Name → whether it holds. `engine` is empty where any will do. */
export function checksOf(
  answer: Answer,
  recording: Recording,
  { endpoint, engine }: { readonly endpoint: Endpoint; readonly engine: string },
): Readonly<Record<string, boolean>> {
  return {
    'has text': answer.text.trim() !== '',
    'has the length of the recording':
      Math.abs(answer.durationSeconds - recording.seconds) <= LENGTH_TOLERANCE_SECONDS,
    'names its engine': engine === '' ? answer.engine !== '' : answer.engine === engine,
    'ran where its endpoint says': answer.isolation === ISOLATION_OF[endpoint],
  };
}

type Json = Readonly<Record<string, unknown>>;

function jsonOf(body: unknown): Json {
  if (typeof body !== 'string') return {};
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

function answerOf(json: Json): Answer | null {
  const timings = (json['timings'] ?? {}) as Json;
  const answer = {
    text: json['text'],
    durationSeconds: json['duration_seconds'],
    engine: json['engine'],
    isolation: json['isolation'],
    queueMs: timings['queue_ms'],
    transcribeMs: timings['transcribe_ms'],
    totalMs: timings['total_ms'],
  };
  const texts = [answer.text, answer.engine, answer.isolation];
  const numbers = [answer.durationSeconds, answer.queueMs, answer.transcribeMs, answer.totalMs];
  const whole =
    texts.every((value) => typeof value === 'string') &&
    numbers.every((value) => typeof value === 'number');
  return whole ? (answer as Answer) : null;
}

function textOf(json: Json, name: string): string {
  const value = json[name];
  return typeof value === 'string' ? value : '';
}
