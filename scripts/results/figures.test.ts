import { describe, expect, it } from 'vitest';
import { readSettings } from '../../k6/lib/settings.ts';
import { VERSION, withoutKey } from '../load-test/result.ts';
import type { Result, Sample } from '../load-test/result.ts';
import { meanBetween, peak, rateBetween } from './figures.ts';

const sample = (second: number, parentBytes: number | null, answered: number | null): Sample => ({
  second,
  load:
    answered === null ? null : { vus: 1, answered, rejected: 0, failed: 0, audioSeconds: answered },
  service:
    parentBytes === null
      ? null
      : {
          parentBytes,
          workersBytes: 0,
          workers: 0,
          busy: 0,
          queueDepth: 0,
          recycles: 0,
          crashes: 0,
        },
});

const result = (samples: readonly Sample[]): Result => ({
  version: VERSION,
  startedAt: '2026-01-02T03:04:05.678Z',
  command: '',
  commit: null,
  machine: { cpu: '', cores: 1, memoryBytes: 1, system: '' },
  k6: '2.2.0',
  settings: withoutKey(readSettings({})),
  verdict: 'passed',
  exitCode: 0,
  summary: null,
  samples,
});

const RUN = result([
  sample(0, 100, 0),
  sample(1, 300, 4),
  sample(2, null, null),
  sample(3, 200, 10),
  sample(4, 600, 20),
]);
const bytes = ({ parentBytes }: { readonly parentBytes: number }) => parentBytes;
const answered = (load: { readonly answered: number }) => load.answered;

describe('figures of a run', () => {
  it('are the highest value that was sampled', () => {
    expect(peak(RUN, bytes)).toBe(600);
    expect(peak(result([sample(0, null, 0)]), bytes)).toBeNull();
  });

  it('are the mean of a part of the run, its gaps left out', () => {
    expect(meanBetween(RUN, [0, 0.5], bytes)).toBe(200);
    expect(meanBetween(RUN, [0.5, 0.5], bytes)).toBeNull();
  });

  it('are rates between two moments, across gaps', () => {
    expect(rateBetween(RUN, 1, 3, answered)).toBe(3);
    expect(rateBetween(RUN, 2, 3, answered)).toBeNull();
  });
});
