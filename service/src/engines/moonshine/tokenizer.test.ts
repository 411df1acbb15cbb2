import { describe, expect, it } from 'vitest';

import { END_TOKEN, START_TOKEN, textOf } from './tokenizer.ts';

describe('tokens to text', () => {
  it('drops the markers and the leading space', () => {
    expect(textOf([START_TOKEN, 15043, 3186, 32_700, END_TOKEN])).toBe('Hello world');
  });

  it('joins byte tokens to characters', () => {
    // U+00E9 is C3 A9 in UTF-8, and token 3 is byte 0.
    expect(textOf([3 + 0xc3, 3 + 0xa9])).toBe('é');
  });

  it('is empty for no tokens', () => {
    expect(textOf([])).toBe('');
    expect(textOf([END_TOKEN])).toBe('');
  });
});
