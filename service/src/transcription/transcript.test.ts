import { describe, expect, it } from 'vitest';
import type { Segment } from '../engines/engine.ts';
import { toTranscript } from './transcript.ts';

const FACTS = {
  engine: 'moonshine-base',
  isolation: 'process',
  timings: { upload_ms: 1, queue_ms: 2, decode_ms: 3, transcribe_ms: 4, total_ms: 10 },
  request_id: 'id',
} as const;

const reply = (segments: Segment[], language = 'en') =>
  toTranscript({ segments, language, audioSeconds: 4.00049, decodeMs: 3, transcribeMs: 4 }, FACTS);

describe('a transcript', () => {
  it('joins its segments and weighs their confidence by length', () => {
    const transcript = reply([
      { start: 0, end: 1, text: 'One.', confidence: 0.5 },
      { start: 1, end: 4, text: 'Two.', confidence: 0.9 },
    ]);
    expect(transcript).toMatchObject({ text: 'One. Two.', confidence: 0.8, duration_seconds: 4 });
    expect(transcript.segments.map(({ id }) => id)).toEqual([0, 1]);
  });

  it('has no confidence when the engine has none', () => {
    expect(reply([{ start: 0, end: 1, text: 'One.', confidence: null }]).confidence).toBeNull();
  });

  it('of a script without spaces has none between its segments', () => {
    const segments = ['一。', '二。'].map((text, id) => ({
      start: id,
      end: id + 1,
      text,
      confidence: 1,
    }));
    expect(reply(segments, 'zh-CN').text).toBe('一。二。');
  });

  it('carries the times of words where the engine knows them', () => {
    const words = [{ word: 'one', start: 0.12345, end: 0.5 }];
    const { segments } = reply([{ start: 0, end: 1, text: 'One.', confidence: 1, words }]);
    expect(segments[0]?.words).toEqual([{ word: 'one', start: 0.123, end: 0.5 }]);
  });

  it('of silence is empty', () => {
    expect(reply([])).toMatchObject({ text: '', segments: [], confidence: null });
  });
});
