import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose } from './choose.ts';
import type { Utterance } from './utterance.ts';

function utterance(speaker: number, number: number): Utterance {
  const id = `${speaker}-7-${String(number).padStart(4, '0')}`;
  return { id, speaker: String(speaker), chapter: '7', seconds: 1, bytes: 1, text: 'A' };
}

/** Recordings of each speaker. */
const corpora = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 })
  .map((counts) =>
    counts.flatMap((recordings, speaker) =>
      Array.from({ length: recordings }, (_, number) => utterance(speaker, number)),
    ),
  );

const ids = (chosen: readonly Utterance[]): readonly string[] => chosen.map(({ id }) => id);

describe('the choice of recordings', () => {
  it('takes one of each speaker before a second of any', () => {
    const corpus = [
      utterance(1, 0),
      utterance(1, 1),
      utterance(1, 2),
      utterance(2, 0),
      utterance(3, 0),
    ];
    expect(ids(choose(corpus, 2))).toEqual(['1-7-0000', '2-7-0000']);
    expect(ids(choose(corpus, 4))).toEqual(['1-7-0000', '1-7-0001', '2-7-0000', '3-7-0000']);
  });

  it('takes all without a limit and with one that is too high', () => {
    const corpus = [utterance(2, 0), utterance(1, 0)];
    expect(ids(choose(corpus, null))).toEqual(['1-7-0000', '2-7-0000']);
    expect(choose(corpus, 5)).toHaveLength(2);
  });

  it('is as many as were asked for, whatever order the archive has, and part of what a larger limit takes', () => {
    fc.assert(
      fc.property(corpora, fc.integer({ min: 1, max: 50 }), (corpus, limit) => {
        const chosen = ids(choose(corpus, limit));
        expect(chosen).toHaveLength(Math.min(limit, corpus.length));
        expect(ids(choose(corpus.toReversed(), limit))).toEqual(chosen);
        expect(ids(choose(corpus, limit + 1))).toEqual(expect.arrayContaining([...chosen]));
      }),
    );
  });

  it('differs between two speakers by one at most, as long as both have more', () => {
    fc.assert(
      fc.property(corpora, fc.integer({ min: 1, max: 50 }), (corpus, limit) => {
        const chosen = choose(corpus, limit);
        const of = (all: readonly Utterance[], speaker: string) =>
          all.filter((each) => each.speaker === speaker).length;
        const open = [...new Set(corpus.map(({ speaker }) => speaker))].filter(
          (speaker) => of(chosen, speaker) < of(corpus, speaker),
        );
        const taken = open.map((speaker) => of(chosen, speaker));
        expect(Math.max(0, ...taken) - Math.min(...taken, Math.max(0, ...taken))).toBeLessThan(2);
      }),
    );
  });
});
