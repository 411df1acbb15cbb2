import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certainPhrases, scriptFor, textFor } from './script.ts';

const lengths = fc.integer({ min: 1, max: 20_000 }).map((hundredths) => hundredths / 100);

describe('the script', () => {
  it('has a phrase for each started three seconds, and no gap between them', () => {
    fc.assert(
      fc.property(lengths, (seconds) => {
        const phrases = scriptFor(seconds, 'en-US');
        expect(phrases).toHaveLength(Math.ceil(seconds / 3));
        const ends = phrases.map(({ end }) => end);
        expect(phrases.map(({ start }) => start)).toEqual([0, ...ends.slice(0, -1)]);
        expect(ends.at(-1)).toBe(seconds);
      }),
    );
  });

  it('differs for recordings of different length', () => {
    fc.assert(
      fc.property(lengths, lengths, (one, other) => {
        fc.pre(one !== other);
        expect(textFor(one, 'en-US')).not.toBe(textFor(other, 'en-US'));
      }),
    );
    expect(textFor(1, 'en-US')).not.toBe(textFor(1, 'en-GB'));
  });

  it('begins with what was certain before the end was known', () => {
    fc.assert(
      fc.property(lengths, lengths, (heard, more) => {
        const certain = certainPhrases(heard, 0, 'en-US');
        const whole = scriptFor(heard + more, 'en-US');
        expect(whole.slice(0, certain.length)).toEqual(certain);
        expect(scriptFor(heard, 'en-US').slice(0, -1)).toEqual(certain);
      }),
    );
  });

  it('spreads the words of a phrase over its time', () => {
    const [phrase] = scriptFor(1.5, 'de-DE');
    expect(phrase?.display).toBe('Part one in de-DE ends at one five zero.');
    expect(phrase?.words.map(({ word }) => word).join(' ')).toBe(phrase?.lexical);
    expect(phrase?.words[0]?.start).toBe(0);
    expect(phrase?.words.at(-1)?.end).toBeCloseTo(1.5);
  });

  it('says nothing about nothing', () => {
    expect(scriptFor(0, 'en-US')).toEqual([]);
  });
});
