import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

const typed =
  (values: Record<string, string> = {}) =>
  (option: string) =>
    values[option] ?? null;
const options = (values: Record<string, string> = {}) => readOptions(typed(values), '/repository');

describe('the options', () => {
  it('are both parts with the default engine where nothing is typed', () => {
    expect(options()).toEqual({
      parts: ['real', 'simulated'],
      requests: { real: 200, simulated: 30 },
      clients: 2,
      engine: 'moonshine-base',
      out: '/repository/results/leak-demo',
    });
  });

  it('are what is typed', () => {
    expect(
      options({ requests: '8', clients: '3', engine: 'moonshine-tiny', part: 'real', out: '/x/y' }),
    ).toEqual({
      parts: ['real'],
      requests: { real: 8, simulated: 8 },
      clients: 3,
      engine: 'moonshine-tiny',
      out: '/x/y',
    });
  });

  it.each([
    [{ requests: '3' }, 'REQUESTS=3 is no whole number from 4 to 2000'],
    [{ requests: '1e3' }, 'REQUESTS=1e3 is no whole number'],
    [{ clients: '9' }, 'CLIENTS=9 is no whole number from 1 to 8'],
    [{ engine: 'azure-fast' }, 'ENGINE=azure-fast is none of moonshine-base, moonshine-tiny'],
    [{ part: 'both' }, 'PART=both is none of real, simulated'],
  ])('are refused with what may be typed: %o', (values, sentence) => {
    expect(() => options(values)).toThrow(sentence);
    expect(() => options(values)).toThrow(/Type for example: make leak-demo [A-Z]+=/);
  });
});
