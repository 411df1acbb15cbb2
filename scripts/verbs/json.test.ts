import { describe, expect, it } from 'vitest';
import { at, listAt, numberAt, textAt, textEntries, textsAt } from './json.ts';

describe('JSON of others', () => {
  it('is read without trust', () => {
    const value = { a: [{ b: 'x', n: 1 }, null, 'y'] };
    expect([textAt(value, 'a', 0, 'b'), numberAt(value, 'a', 0, 'n')]).toEqual(['x', 1]);
    expect([textAt(value, 'a', 1, 'b'), textAt(null, 'a'), numberAt(value, 'a')]).toEqual([
      null,
      null,
      null,
    ]);
    expect([listAt(value, 'b'), textsAt(value, 'a')]).toEqual([[], ['y']]);
    expect(textEntries({ a: 'x', b: 1 })).toEqual({ a: 'x' });
    expect(at('text', 'length')).toBeNull();
  });
});
