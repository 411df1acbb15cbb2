import { describe, expect, it } from 'vitest';
import { readSettings } from '../../k6/lib/settings.ts';
import { pageOf } from './page.ts';
import { picturesOf, ratesOf } from './pictures.ts';
import { verdictOf, VERSION, withoutKey } from './result.ts';
import type { Result, Sample } from './result.ts';

const load = (answered: number) => ({
  vus: 2,
  answered,
  rejected: 0,
  failed: 0,
  audioSeconds: answered * 5,
});
const service = {
  parentBytes: 1e8,
  workersBytes: 3e8,
  workers: 2,
  busy: 1,
  queueDepth: 0,
  recycles: 0,
  crashes: 0,
};
const SAMPLES: Sample[] = [0, 1, 2, 3].map((second) => ({
  second,
  load: load(second * 4),
  service,
}));

const RESULT: Result = {
  version: VERSION,
  startedAt: '2026-01-02T03:04:05.678Z',
  command: 'make load-test MODE=smoke',
  commit: null,
  machine: { cpu: 'A <fast> one', cores: 2, memoryBytes: 8 * 2 ** 30, system: 'linux x64' },
  k6: '2.2.0',
  settings: withoutKey(readSettings({ API_KEY: 'stt_secret', BASE_URL: 'http://a.example/?<b>' })),
  verdict: 'failed',
  exitCode: 107,
  summary: null,
  samples: SAMPLES,
};

describe('the result of a run', () => {
  it('holds no key', () => {
    expect(JSON.stringify(RESULT)).not.toContain('stt_secret');
    expect(RESULT.settings.endpoint).toBe('/transcriptions/process-isolated');
  });

  it.each([
    [0, 'passed'],
    [99, 'thresholds'],
    [105, 'interrupted'],
    [107, 'failed'],
    [1, 'failed'],
  ])('tells k6 exit code %d as %s', (code, verdict) => {
    expect(verdictOf(code)).toBe(verdict);
  });
});

describe('the rates of a run', () => {
  it('are counted over the samples before, across gaps', () => {
    const gap = { second: 4, load: null, service: null };
    const samples = [...SAMPLES, gap, { second: 6, load: load(24), service }];
    expect(ratesOf(samples, ({ answered }) => answered)).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
      [6, 4],
    ]);
  });

  it('are of the last five seconds alone', () => {
    const counts = [0, 0, 10, 20, 30, 40, 50, 70];
    const samples = counts.map((count, second) => ({ second, load: load(count), service }));
    expect(ratesOf(samples, ({ answered }) => answered).slice(-3)).toEqual([
      [5, 8],
      [6, 10],
      [7, 12],
    ]);
  });

  it('are none where there is one sample', () => {
    expect(ratesOf(SAMPLES.slice(0, 1), ({ answered }) => answered)).toEqual([]);
  });
});

describe('the page of a run', () => {
  it('shows what was measured of the service only where its status could be read', () => {
    const blind = { ...RESULT, samples: SAMPLES.map((sample) => ({ ...sample, service: null })) };
    expect(picturesOf(RESULT).map(({ title }) => title)).toContain('Memory');
    expect(picturesOf(blind).map(({ title }) => title)).toEqual(['Requests and users']);
  });

  it('escapes what others wrote, and loads nothing from elsewhere', () => {
    const page = pageOf(RESULT, '/results/a b.k6.html');
    expect(page).toContain('A &lt;fast&gt; one');
    expect(page).toContain('http://a.example/?&lt;b&gt;');
    expect(page).toContain('href="a%20b.k6.html"');
    expect(page).toContain('There are no figures');
    expect(page).not.toMatch(/<script|<link|src=/);
  });
});
