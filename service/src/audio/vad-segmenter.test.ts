import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createSegmenter, type SegmenterOptions, type Span } from './vad-segmenter.ts';

const OPTIONS: SegmenterOptions = {
  onset: 0.5,
  release: 0.35,
  minSpeech: 3,
  minSilence: 2,
  mergeGap: 10,
  maxLength: 50,
  minCut: 15,
};

/** `[probability, windows]`, or `[probability, windows, loudness]`. */
type Stretch = readonly [number, number, number?];

function segments(...stretches: readonly Stretch[]): Span[] {
  const segmenter = createSegmenter(OPTIONS);
  const spans: Span[] = [];
  for (const [probability, windows, loudness = probability] of stretches) {
    for (let index = 0; index < windows; index++) {
      spans.push(...segmenter.push(probability, loudness));
    }
  }
  return [...spans, ...segmenter.finish()];
}

describe('segmenter', () => {
  it('gives the windows of speech between silences', () => {
    expect(segments([0, 20], [0.9, 10], [0, 20])).toEqual([{ start: 20, end: 30 }]);
  });

  it('gives nothing for silence and for a burst shorter than speech can be', () => {
    expect(segments([0, 100])).toEqual([]);
    expect(segments([0, 20], [0.9, 2], [0, 20])).toEqual([]);
  });

  it('goes on through windows that are unsure, but does not start with them', () => {
    expect(segments([0.4, 20], [0.9, 5], [0.4, 5], [0, 20])).toEqual([{ start: 20, end: 30 }]);
  });

  it('keeps sentences with a short pause together and parts those with a long one', () => {
    expect(segments([0.9, 10], [0, 6], [0.9, 10])).toEqual([{ start: 0, end: 26 }]);
    expect(segments([0.9, 10], [0, 12], [0.9, 10])).toEqual([
      { start: 0, end: 10 },
      { start: 22, end: 32 },
    ]);
  });

  it('gives a segment as soon as the pause after it is long enough', () => {
    const segmenter = createSegmenter(OPTIONS);
    for (let index = 0; index < 10; index++) expect(segmenter.push(0.9, 1)).toEqual([]);
    for (let index = 0; index < 9; index++) expect(segmenter.push(0, 0)).toEqual([]);
    expect(segmenter.push(0, 0)).toEqual([{ start: 0, end: 10 }]);
  });

  it('cuts long speech at its longest pause', () => {
    expect(segments([0.9, 20], [0, 3], [0.9, 10], [0, 6], [0.9, 30], [0, 20])).toEqual([
      { start: 0, end: 33 },
      { start: 39, end: 69 },
    ]);
  });

  it('cuts speech without a pause at its quietest moment', () => {
    expect(segments([0.9, 30, 5], [0.9, 3, 1], [0.9, 40, 5], [0, 20])).toEqual([
      { start: 0, end: 31 },
      { start: 31, end: 73 },
    ]);
  });

  it('keeps what is left after a cut, however short', () => {
    const spans = segments([0.9, 47, 5], [0.9, 1, 1], [0.9, 2, 5], [0, 20]);
    expect(spans).toEqual([
      { start: 0, end: 47 },
      { start: 47, end: 50 },
    ]);
  });

  it('gives ordered spans below the limit that hold every window of steady speech', () => {
    const stretch = fc.record({ speech: fc.boolean(), windows: fc.integer({ min: 3, max: 120 }) });
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 20 }), (stretches) => {
        const spans = segments(
          ...stretches.map(({ speech, windows }) => [speech ? 0.9 : 0, windows] as const),
        );
        let position = 0;
        for (const { start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(position);
          expect(end).toBeGreaterThan(start);
          expect(end - start).toBeLessThanOrEqual(OPTIONS.maxLength);
          position = end;
        }
        let window = 0;
        for (const { speech, windows } of stretches) {
          for (let index = 0; index < windows; index++, window++) {
            if (!speech) continue;
            expect(spans.some(({ start, end }) => start <= window && window < end)).toBe(true);
          }
        }
      }),
    );
  });

  it('says from which window on samples are still needed', () => {
    const segmenter = createSegmenter(OPTIONS);
    for (let index = 0; index < 5; index++) segmenter.push(0, 0);
    expect(segmenter.pendingFrom).toBe(5);
    for (let index = 0; index < 5; index++) segmenter.push(0.9, 1);
    expect(segmenter.pendingFrom).toBe(5);
  });
});
