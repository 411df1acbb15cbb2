import { describe, expect, it } from 'vitest';
import { MAX_POINTS, thinned } from './thin.ts';
import type { Point } from './thin.ts';

describe('thinning', () => {
  it('leaves a short line alone', () => {
    const points: Point[] = [[0, 1]];
    expect(thinned(points)).toBe(points);
  });

  it('keeps ends, peaks, dips and gaps, in order', () => {
    const points = Array.from({ length: 50_000 }, (_, x): Point => [x, Math.sin(x / 100)]);
    points[20_000] = [20_000, 40];
    points[30_000] = [30_000, -40];
    points[40_000] = [40_000, null];
    const few = thinned(points);
    expect(few.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(few).toEqual(
      expect.arrayContaining([
        points[0],
        points[20_000],
        points[30_000],
        points[40_000],
        points[49_999],
      ]),
    );
    expect(few.map(([x]) => x)).toEqual(few.map(([x]) => x).toSorted((one, other) => one - other));
  });
});
