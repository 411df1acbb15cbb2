import { describe, expect, it } from 'vitest';
import { scenarioFor } from './scenarios.ts';
import { readSettings } from './settings.ts';

const scenario = (variables: Record<string, string>) => scenarioFor(readSettings(variables));

describe('the scenario', () => {
  it('of a closed mode climbs to its users, holds them and lets them go', () => {
    expect(scenario({ TEST_MODE: 'load' })).toEqual({
      executor: 'ramping-vus',
      startVUs: 1,
      stages: [
        { duration: '10m', target: 100 },
        { duration: '5m', target: 100 },
        { duration: '5m', target: 0 },
      ],
      gracefulStop: '120s',
      gracefulRampDown: '120s',
    });
  });

  it('of a smoke test is one user from the first second to the last', () => {
    expect(scenario({}).stages).toEqual([{ duration: '2m', target: 1 }]);
  });

  it('jumps to its users where there is no time to climb', () => {
    expect(scenario({ MAX_VUS: '5' }).stages).toEqual([
      { duration: '1s', target: 5 },
      { duration: '2m', target: 5 },
    ]);
  });

  it('of an open mode asks for a rate, with all users there from the start', () => {
    expect(
      scenario({ TEST_MODE: 'recycle', START_RATE: '0.5', MAX_RATE: '2', MAX_VUS: '20' }),
    ).toEqual({
      executor: 'ramping-arrival-rate',
      startRate: 30,
      timeUnit: '1m',
      stages: [
        { duration: '1m', target: 120 },
        { duration: '30m', target: 120 },
        { duration: '1m', target: 0 },
      ],
      preAllocatedVUs: 20,
      maxVUs: 20,
      gracefulStop: '120s',
    });
  });

  it('of a spike is quiet, jumps, and is quiet again for longer', () => {
    expect(scenario({ TEST_MODE: 'spike' }).stages).toEqual([
      { duration: '1m', target: 60 },
      { duration: '5s', target: 1200 },
      { duration: '1m', target: 1200 },
      { duration: '5s', target: 60 },
      { duration: '2m', target: 60 },
    ]);
  });

  it('of a search for the limit only climbs', () => {
    expect(scenario({ TEST_MODE: 'breakpoint' }).stages).toEqual([
      { duration: '20m', target: 3000 },
    ]);
  });
});
