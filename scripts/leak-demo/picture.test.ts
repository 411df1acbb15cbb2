import { describe, expect, it } from 'vitest';
import { chartOf } from './picture.ts';
import { MB, deadTrial, scenario, trial } from './testing/trials.ts';
import { wordingOf } from './wording.ts';

describe('the picture', () => {
  const chart = chartOf(scenario(), [deadTrial(), trial()], 'Title', 'note');

  it('has both endpoints, the limit and the death', () => {
    expect(chart.lines.map(({ name }) => name)).toEqual([
      'threads: server and workers',
      'isolated: server and workers',
      'threads: server alone',
      'isolated: server alone',
    ]);
    expect(chart.marks).toEqual([
      { x: 9.5, label: 'threads: killed at the memory limit after 9.5 s, at request 10' },
    ]);
    expect(chart.limits?.map(({ y }) => y)).toEqual([3072 * MB]);
  });

  it('ends the line of a service that died where it was killed', () => {
    expect(chart.lines[0]?.points.slice(-2)).toEqual([
      [9, 2840 * MB],
      [9.5, 3100 * MB],
    ]);
    expect(chart.lines[2]?.points.at(-1)).toEqual([9, 2440 * MB]);
    expect(chart.lines[1]?.points.at(-1)).toEqual([20, 500 * MB]);
  });

  it('has no limit where there was none', () => {
    expect(chartOf(scenario({ limitBytes: null }), [trial()], 'Title', 'note').limits).toEqual([]);
  });
});

describe('the wording', () => {
  it('says which limiter it was and what is simulated', () => {
    expect(wordingOf(scenario(), 'watcher').long).toMatch(
      /leak is simulated: STT_FAULTS=leak:260MB.*demonstration kept the limit itself.*SIGKILL/,
    );
    expect(wordingOf(scenario(), 'systemd-scope').long).toMatch(
      /The kernel kept the limit: systemd/,
    );
    expect(wordingOf(scenario(), 'watcher').title).toBe(
      'Simulated leak: 260 MB a request, within 3 GB',
    );
  });

  it('says of the real part that nothing is', () => {
    const real = scenario({ part: 'real', limitBytes: null, clients: 1, env: {} });
    expect(wordingOf(real, null).short).toMatch(
      /No fault is simulated and no limit is set. 1 client/,
    );
  });
});
