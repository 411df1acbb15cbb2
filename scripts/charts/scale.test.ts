import { describe, expect, it } from 'vitest';
import { scaleFor, tightScaleFor } from './scale.ts';

const MB = 1024 * 1024;

describe('an axis', () => {
  const ticks = (values: number[], quantity: Parameters<typeof scaleFor>[1]) => {
    const scale = scaleFor(values, quantity);
    return scale.ticks.map(scale.label);
  };

  it('has ticks that are round in the unit that is read', () => {
    expect(ticks([3 * 1024 * MB], 'bytes')).toEqual([
      '0',
      '0.5 GB',
      '1 GB',
      '1.5 GB',
      '2 GB',
      '2.5 GB',
      '3 GB',
    ]);
    expect(ticks([80], 'seconds')).toEqual(['0', '15 s', '30 s', '45 s', '60 s', '75 s', '90 s']);
    expect(ticks([3], 'count')).toEqual(['0', '1', '2', '3']);
  });

  it('stands on no values, on one, and on negative ones', () => {
    expect(scaleFor([], 'ratio')).toMatchObject({ min: 0, max: 1 });
    expect(scaleFor([0, 0], 'seconds').max).toBeGreaterThan(0);
    expect(scaleFor([-3, 2], 'ratio')).toMatchObject({ min: -3, max: 2 });
  });

  it('of x ends where the values end', () => {
    const scale = tightScaleFor([0.5, 89.9], 'seconds');
    expect([scale.min, scale.max]).toEqual([0, 89.9]);
    expect(scale.ticks.at(-1)).toBe(75);
    expect(tightScaleFor([1000, 1010], 'count').min).toBe(1000);
    expect(tightScaleFor([7], 'count').max).toBe(8);
  });
});
