import { describe, expect, it } from 'vitest';
import { durationSeconds } from './durations.ts';

describe('a duration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['90s', 90],
    ['10m', 600],
    ['1h30m', 5400],
    ['1.5h', 5400],
    ['2m30s500ms', 150.5],
  ])('%s is read as %d seconds', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it.each(['', '10', '10 m', '-5s', '5d', 'm', '1m5', '5S'])('"%s" is none', (text) => {
    expect(durationSeconds(text)).toBeNull();
  });
});
