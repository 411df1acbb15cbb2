import { describe, expect, it } from 'vitest';
import { toTranscript } from './transcript.ts';

const FACTS = {
  engine: 'moonshine-base',
  isolation: 'process',
  timings: { upload_ms: 1, queue_ms: 2, decode_ms: 3, transcribe_ms: 4, total_ms: 10 },
  request_id: 'id',
} as const;

const reply = (
  segments: { start: number; end: number; text: string; confidence: number | null }[],
) =>
  toTranscript(
    { segments, language: 'en', audioSeconds: 4.00049, decodeMs: 3, transcribeMs: 4 },
    FACTS,
  );

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

  it('of silence is empty', () => {
    expect(reply([])).toMatchObject({ text: '', segments: [], confidence: null });
  });
});
