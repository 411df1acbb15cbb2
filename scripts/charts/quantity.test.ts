import { describe, expect, it } from 'vitest';
import { readable } from './quantity.ts';

const MB = 1024 * 1024;

describe('a value', () => {
  it.each([
    [0, 'bytes', '0'],
    [512, 'bytes', '512 B'],
    [260 * MB, 'bytes', '260 MB'],
    [1280 * MB, 'bytes', '1.25 GB'],
    [0.25, 'seconds', '250 ms'],
    [42, 'seconds', '42 s'],
    [179, 'seconds', '179 s'],
    [210, 'seconds', '3.5 min'],
    [9000, 'seconds', '2.5 h'],
    [1234, 'milliseconds', '1,234 ms'],
    [12_340, 'milliseconds', '12.3 s'],
    [0.0256, 'ratio', '0.0256'],
    [1234.5, 'count', '1,235'],
    [4.25, 'perSecond', '4.25 /s'],
  ] as const)('%d %s reads %s', (value, quantity, text) => {
    expect(readable(value, quantity)).toBe(text);
  });
});
