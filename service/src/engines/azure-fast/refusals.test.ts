import { describe, expect, it } from 'vitest';
import { refusalToError } from './refusals.ts';

const flat = (code: string, inner?: string) =>
  JSON.stringify({
    code,
    message: 'Text of the service.',
    ...(inner !== undefined && { innerError: { code: inner, message: 'More.' } }),
  });
const wrapped = (code: string, inner?: string) =>
  JSON.stringify({ error: JSON.parse(flat(code, inner)) as object });

function errorOf(status: number, body: string, retryAfter: string | null = null) {
  return refusalToError({ status, body, retryAfter });
}

describe('a refusal of Fast Transcription', () => {
  it.each([
    [401, 'Unauthorized', undefined, 502, 'engine_failed', 'authentication'],
    [403, 'Forbidden', undefined, 502, 'engine_failed', 'forbidden'],
    [404, 'NotFound', undefined, 502, 'engine_failed', 'forbidden'],
    [429, 'TooManyRequests', undefined, 503, 'engine_unavailable', 'throttled'],
    [400, 'TooManyRequests', undefined, 503, 'engine_unavailable', 'throttled'],
    [500, 'InternalServerError', undefined, 502, 'engine_failed', 'service'],
    [504, 'Timeout', undefined, 504, 'transcription_timeout', 'timeout'],
    [400, 'InvalidArgument', undefined, 502, 'engine_failed', 'service'],
    [422, 'UnprocessableEntity', 'InvalidAudioFormat', 422, 'audio_undecodable', undefined],
    [422, 'UnprocessableEntity', 'EmptyAudioFile', 422, 'empty_audio', undefined],
    [400, 'InvalidRequest', 'AudioLengthLimitExceeded', 413, 'audio_too_long', undefined],
    [413, 'InvalidRequest', undefined, 413, 'audio_too_large', undefined],
    [415, 'UnsupportedMediaType', undefined, 415, 'unsupported_media', undefined],
  ])('%i %s %s becomes %i %s, in both shapes', (from, code, inner, status, ours, reason) => {
    for (const body of [flat(code, inner), wrapped(code, inner)]) {
      expect(errorOf(from, body)).toMatchObject({ status, code: ours, reason });
    }
  });

  it('for want of any language is no error: nobody speaks', () => {
    expect(errorOf(422, flat('UnprocessableEntity', 'NoLanguageIdentified'))).toBeNull();
  });

  it('passes on how long to wait, in seconds or as a date', () => {
    expect(errorOf(429, flat('TooManyRequests'), '17')?.retryAfterSeconds).toBe(17);
    const date = new Date(Date.now() + 30_000).toUTCString();
    expect(errorOf(429, '', date)?.retryAfterSeconds).toBeGreaterThan(25);
    expect(errorOf(429, '', 'soon')?.retryAfterSeconds).toBe(2);
  });

  it('without a body that can be read is judged by its status', () => {
    expect(errorOf(503, '<html>')).toMatchObject({ status: 503, reason: 'service' });
    expect(errorOf(500, '<html>')).toMatchObject({ status: 502, reason: 'service' });
    expect(errorOf(400, '[]')?.message).toContain('400');
  });

  it('never quotes what the service said, which may quote what was sent', () => {
    const body = JSON.stringify({ code: 'Bearer eyJ0', message: 'eyJ0', innerError: { code: 5 } });
    expect(errorOf(400, body)?.message).not.toContain('eyJ0');
  });
});
