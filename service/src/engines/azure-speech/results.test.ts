import { describe, expect, it } from 'vitest';
import { toSegment } from './results.ts';

const PHRASE = {
  RecognitionStatus: 'Success',
  Offset: 12_000_000,
  Duration: 20_000_000,
  NBest: [
    {
      Confidence: 0.87,
      Lexical: 'hello there',
      Display: 'Hello there.',
      Words: [{ Word: 'hello', Offset: 12_000_000, Duration: 5_000_000 }],
    },
    { Confidence: 0.2, Display: 'Yellow bear.' },
  ],
};

describe('a phrase of the Speech service', () => {
  it('becomes a segment in seconds, with the confidence and words of its best reading', () => {
    expect(toSegment(JSON.stringify(PHRASE), 'en-US')).toEqual({
      start: 1.2,
      end: 3.2,
      text: 'Hello there.',
      confidence: 0.87,
      language: 'en-US',
      words: [{ word: 'hello', start: 1.2, end: 1.7 }],
    });
  });

  it('says which language was heard where one was detected', () => {
    const phrase = { ...PHRASE, PrimaryLanguage: { Language: 'de-DE', Confidence: 'High' } };
    expect(toSegment(JSON.stringify(phrase), null)?.language).toBe('de-DE');
  });

  it('has no confidence where the service names none, never a made-up one', () => {
    const phrase = { ...PHRASE, NBest: [{ Display: 'Words.' }] };
    expect(toSegment(JSON.stringify(phrase), null)).toEqual({
      start: 1.2,
      end: 3.2,
      text: 'Words.',
      confidence: null,
    });
  });

  it('is none when nothing was said in it', () => {
    const phrase = { ...PHRASE, NBest: [{ Confidence: 0, Display: ' ' }] };
    expect(toSegment(JSON.stringify(phrase), 'en-US')).toBeNull();
  });

  it('is refused when it is not what the protocol promises', () => {
    expect(() => toSegment('{"Offset":"x"}', null)).toThrow();
  });
});
