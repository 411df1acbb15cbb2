import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';
import { scenarioOf } from './scenario.ts';
import { MB } from './testing/trials.ts';

const typed =
  (values: Record<string, string> = {}) =>
  (option: string) =>
    values[option] ?? null;
const options = (values: Record<string, string> = {}) => readOptions(typed(values), '/repository');

describe('the scenarios', () => {
  it('of the real part have neither faults nor a limit', () => {
    const real = scenarioOf('real', options());
    expect(real).toMatchObject({ limitBytes: null, requests: 200 });
    expect(Object.keys(real.env)).not.toContain('STT_FAULTS');
  });

  it('of the leak have room for two full workers, two that start, and the server', () => {
    const { env, limitBytes } = scenarioOf('simulated', options());
    const hardMb = 1.5 * Number(env['PROCESS_MAX_RSS_MB']);
    const [startingMb, serverMb] = [220, 120];
    expect((2 * hardMb + 2 * startingMb + serverMb) * MB).toBeLessThan(limitBytes ?? 0);
    expect(env['STT_FAULTS']).toBe('leak:260MB');
  });
});
