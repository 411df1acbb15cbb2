import { describe, expect, it } from 'vitest';
import { atLeast } from './tools.ts';

describe('the version', () => {
  it.each([
    ['3.227.0', true],
    ['3.1000.0-dev.1', true],
    ['v4.0', true],
    ['3.226.9', false],
    ['2.999.999', false],
    ['', false],
  ])('%s is new enough: %s', (version, enough) => {
    expect(atLeast(version, '3.227.0')).toBe(enough);
  });
});
