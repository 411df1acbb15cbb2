import { expect, it } from 'vitest';
import { minutes } from '../verbs/countdown.ts';
import { counted, duration, size } from './amounts.ts';

it('says amounts in units of their size', () => {
  expect([0, 999, 1000, 346_663_984, 75.1e9, 1e15].map(size)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.0 kB',
    '346.7 MB',
    '75.1 GB',
    '1000000.0 GB',
  ]);
  expect([1, 2620].map((number) => counted(number, 'recording'))).toEqual([
    '1 recording',
    '2,620 recordings',
  ]);
  expect([4.2, 90, 19_440].map(duration)).toEqual(['4 seconds', '1.5 minutes', '5.4 hours']);
  expect([100, 59_500, 90_000].map(minutes)).toEqual(['0:01', '1:00', '1:30']);
});
