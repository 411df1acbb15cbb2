import { describe, expect, it } from 'vitest';
import { placeEnds } from './line-labels.ts';

describe('names at the ends of lines', () => {
  const PLOT = { left: 0, right: 500, top: 0, bottom: 300 };
  const end = (index: number, y: number, x = 500) =>
    ({ index, name: `line ${index}`, value: '1 GB', style: 'solid', x, y }) as const;

  it('move apart where lines end together, and stay in the plot', () => {
    const placed = placeEnds([end(0, 299), end(1, 299), end(2, 298)], PLOT, 510, []);
    const heights = placed.map(({ labelY }) => labelY).toSorted((one, other) => one - other);
    expect(heights.every((y) => y > 0 && y < 300)).toBe(true);
    expect(
      Math.min((heights[1] ?? 0) - (heights[0] ?? 0), (heights[2] ?? 0) - (heights[1] ?? 0)),
    ).toBeGreaterThanOrEqual(17);
  });

  it('stand where a line ended early, beside what is taken', () => {
    const taken = { left: 0, right: 500, top: 98, bottom: 102 };
    const [placed] = placeEnds([end(0, 100, 50)], PLOT, 510, [taken]);
    expect(placed?.labelX).toBe(56);
    expect(Math.abs((placed?.labelY ?? 100) - 100)).toBeGreaterThan(9);
  });

  it('lose letters of the name rather than the value', () => {
    const [placed] = placeEnds([{ ...end(0, 10), name: 'x'.repeat(100) }], PLOT, 510, []);
    expect(placed?.text).toMatch(/^x+…: 1 GB$/);
  });
});
