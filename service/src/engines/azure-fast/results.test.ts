import { describe, expect, it } from 'vitest';
import { toFastResult } from './results.ts';

describe('the answer of Fast Transcription', () => {
  it('becomes segments in order, in seconds, with confidence, locale and words', () => {
    const phrase = (offsetInMs: number, text: string) => ({
      offsetInMs,
      durationInMs: 500,
      text,
      locale: 'en-GB',
      confidence: 0.8,
      words: [{ text, offsetInMs, durationInMs: 400 }],
    });
    expect(
      toFastResult({
        durationInMs: 2500,
        combinedPhrases: [],
        phrases: [phrase(1500, 'Two.'), phrase(250, ' One. ')],
      }),
    ).toEqual({
      seconds: 2.5,
      segments: [
        {
          start: 0.25,
          end: 0.75,
          text: 'One.',
          confidence: 0.8,
          language: 'en-GB',
          words: [{ word: ' One. ', start: 0.25, end: 0.65 }],
        },
        {
          start: 1.5,
          end: 2,
          text: 'Two.',
          confidence: 0.8,
          language: 'en-GB',
          words: [{ word: 'Two.', start: 1.5, end: 1.9 }],
        },
      ],
    });
  });

  it('may hold no phrase at all', () => {
    expect(toFastResult({ durationInMs: 900, phrases: [] })).toEqual({
      seconds: 0.9,
      segments: [],
    });
  });

  it('is refused when it is not what the protocol promises', () => {
    expect(() => toFastResult({ phrases: 'none' })).toThrow();
    expect(() => toFastResult(undefined)).toThrow();
  });
});
