import { describe, expect, it } from 'vitest';
import { fittingText, plainText, textWidth, wrappedText } from './look.ts';

describe('text', () => {
  it('is one line without what XML forbids', () => {
    expect(plainText('a\u0000b\r\n\tc\u2028d\uFFFE\uD800')).toBe('a b c d\uFFFD');
  });

  it('is broken between words and cut to a width', () => {
    const lines = wrappedText('one two three four', 12, 60);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe('one two three four');
    const cut = fittingText('a long name', 12, 40);
    expect(cut).toMatch(/^a.*…$/);
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(40);
  });
});
