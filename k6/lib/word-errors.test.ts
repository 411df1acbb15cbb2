import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countWordErrors } from './word-errors.ts';

describe('word errors', () => {
  it.each([
    ['HE BEGAN A COMPLAINT', 'He began a complaint.', 4, 0],
    ["IT'S HERS", '“It’s hers!”', 2, 0],
    ['one two three', 'one three', 3, 1],
    ['one two three', 'one two two three', 3, 1],
    ['one two three', 'one too three', 3, 1],
    ['one two', '', 2, 2],
    ['', 'one two', 0, 2],
    ['well-known words', 'Well known words', 3, 0],
    ['Grüße aus Köln', 'grüße aus köln', 3, 0],
  ])('of "%s" in "%s"', (reference, transcript, words, errors) => {
    expect(countWordErrors(reference, transcript)).toEqual({ words, errors });
  });

  it('are none for the same text, and never more than both texts have words', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (one, other) => {
        const { errors } = countWordErrors(one.join(' '), other.join(' '));
        expect(countWordErrors(one.join(' '), one.join(' ')).errors).toBe(0);
        expect(errors).toBeLessThanOrEqual(Math.max(one.length, other.length));
        expect(errors).toBeGreaterThanOrEqual(Math.abs(one.length - other.length));
      }),
    );
  });
});
