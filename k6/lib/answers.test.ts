import { describe, expect, it } from 'vitest';
import { checksOf, outcomeOf } from './answers.ts';
import type { Answer } from './answers.ts';

const BODY = {
  text: 'The train was late.',
  duration_seconds: 4.586,
  engine: 'moonshine-base',
  isolation: 'process',
  timings: { upload_ms: 1, queue_ms: 20, decode_ms: 9, transcribe_ms: 300, total_ms: 330 },
};

const ANSWER: Answer = {
  text: 'The train was late.',
  durationSeconds: 4.586,
  engine: 'moonshine-base',
  isolation: 'process',
  queueMs: 20,
  transcribeMs: 300,
  totalMs: 330,
};

const RECORDING = { path: 'train.wav', seconds: 4.586, text: 'The train was late.' };
const ISOLATED = { endpoint: '/transcriptions/process-isolated', engine: '' } as const;

describe('what came back', () => {
  it('is an answer when it is 200 and whole', () => {
    expect(outcomeOf(200, JSON.stringify(BODY))).toEqual({ kind: 'answered', answer: ANSWER });
  });

  it.each([
    ['no JSON', '<html>'],
    ['a list', '[]'],
    ['nothing', null],
    ['an answer without text', JSON.stringify({ ...BODY, text: undefined })],
    ['an answer without timings', JSON.stringify({ ...BODY, timings: undefined })],
  ])('is a failure when it is 200 with %s', (_, body) => {
    expect(outcomeOf(200, body)).toEqual({ kind: 'failed', code: 'unreadable_answer' });
  });

  it.each([
    [429, 'rate_limited'],
    [503, 'queue_full'],
    [503, 'queue_timeout'],
    [503, 'storage_full'],
  ])('is turned away with %d %s', (status, code) => {
    expect(outcomeOf(status, JSON.stringify({ code }))).toEqual({ kind: 'rejected', code });
  });

  it.each([
    [503, 'engine_unavailable'],
    [503, 'isolation_disabled'],
    [500, 'worker_crashed'],
    [401, 'unauthorized'],
  ])('has failed with %d %s', (status, code) => {
    expect(outcomeOf(status, JSON.stringify({ code }))).toEqual({ kind: 'failed', code });
  });

  it('has failed when there is no answer, or none of the service', () => {
    expect(outcomeOf(0, null, 1212)).toEqual({ kind: 'failed', code: 'no_answer' });
    expect(outcomeOf(0, null, 1050)).toEqual({ kind: 'failed', code: 'no_answer_in_time' });
    expect(outcomeOf(502, 'Bad gateway')).toEqual({ kind: 'failed', code: 'status_502' });
    expect(outcomeOf(503, 'Service unavailable')).toEqual({ kind: 'failed', code: 'status_503' });
  });
});

it('a code that is somebody else’s free text is not taken over', () => {
  expect(outcomeOf(500, JSON.stringify({ code: 'read 10.0.0.1:5432: reset' }))).toEqual({
    kind: 'failed',
    code: 'status_500',
  });
});

describe('the checks of an answer', () => {
  const failing = (
    answer: Partial<Answer>,
    expected: Parameters<typeof checksOf>[2] = ISOLATED,
  ): string[] =>
    Object.entries(checksOf({ ...ANSWER, ...answer }, RECORDING, expected))
      .filter(([, holds]) => !holds)
      .map(([name]) => name);

  it('hold for a good one', () => {
    expect(failing({})).toEqual([]);
    expect(failing({}, { ...ISOLATED, engine: 'moonshine-base' })).toEqual([]);
    expect(failing({ isolation: 'thread' }, { endpoint: '/transcriptions', engine: '' })).toEqual(
      [],
    );
  });

  it('fail one by one', () => {
    expect(failing({ text: '  ' })).toEqual(['has text']);
    expect(failing({ durationSeconds: 4.3 })).toEqual(['has the length of the recording']);
    expect(failing({ engine: '' })).toEqual(['names its engine']);
    expect(failing({}, { ...ISOLATED, engine: 'azure-fast' })).toEqual(['names its engine']);
    expect(failing({ isolation: 'none' })).toEqual(['ran where its endpoint says']);
  });
});
