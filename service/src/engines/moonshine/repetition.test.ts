import { describe, expect, it } from 'vitest';

import { loopStart } from './repetition.ts';

describe('repetition guard', () => {
  it('lets speech pass, its natural repetitions included', () => {
    expect(loopStart([5, 6, 7, 8, 9, 10])).toBeNull();
    expect(loopStart([5, 5, 5, 5, 6])).toBeNull();
    expect(loopStart([4, 5, 6, 4, 5, 6, 4, 5, 6])).toBeNull();
  });

  it('finds a phrase said again and again and keeps its first round', () => {
    const loop = Array.from({ length: 4 }, () => [4, 5, 6]).flat();
    expect(loopStart([1, 2, ...loop])).toBe(5);
  });

  it('waits longer for single tokens', () => {
    expect(loopStart([1, ...Array<number>(7).fill(5)])).toBeNull();
    expect(loopStart([1, ...Array<number>(8).fill(5)])).toBe(2);
  });

  it('finds a loop of a whole sentence', () => {
    const sentence = Array.from({ length: 20 }, (_, index) => index + 10);
    expect(loopStart([...sentence, ...sentence, ...sentence, ...sentence])).toBe(20);
  });
});
