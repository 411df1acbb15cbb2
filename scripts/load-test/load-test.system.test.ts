/** The real k6 with the real service: every mode with short times, and what must not pass. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { K6_SERIES } from '../../dashboards/lib/k6.ts';
import { startPrometheus } from '../../system/prometheus.ts';
import { startRunningService } from '../measure/running-service.ts';
import type { RunningService } from '../measure/running-service.ts';
import type { Result } from './result.ts';

const ROOT = join(import.meta.dirname, '../..');
const QUICK = {
  RAMP_UP_DURATION: '1s',
  STEADY_DURATION: '4s',
  RAMP_DOWN_DURATION: '1s',
  GRACEFUL_STOP: '20s',
  THINK_TIME_MIN: '0',
  THINK_TIME_MAX: '0.2',
  AUDIO_FILES_LIST: 'samples/manifest.json',
};

interface Run {
  readonly exitCode: number;
  readonly said: string;
  /** Null where none was written. */
  readonly result: Result | null;
  /** Without its ending. */
  readonly path: string;
}

const written: string[] = [];
let service: RunningService;

beforeAll(async () => {
  service = await startRunningService({
    env: { STT_ENGINE: 'moonshine-tiny', PROCESS_POOL_SIZE: '2', PROCESS_MAX_TASKS: '3' },
  });
});

afterAll(async () => {
  await service?.stop();
});

afterEach(() => {
  for (const path of written.splice(0)) {
    for (const end of ['.json', '.html', '.k6.html']) rmSync(path + end, { force: true });
  }
});

async function loadTest(
  variables: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const child = Bun.spawn([process.execPath, '--no-env-file', join(ROOT, 'scripts/load-test.ts')], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CI: 'true',
      TYPED: Object.keys(variables).join(' '),
      ...env,
      ...variables,
    },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const said = stdout + stderr;
  const name = /figures in (results\/\S+)\.json/.exec(said)?.[1];
  if (name === undefined) return { exitCode, said, result: null, path: '' };
  const path = join(ROOT, name);
  written.push(path);
  return {
    exitCode,
    said,
    path,
    result: JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Result,
  };
}

const passed = async (variables: Readonly<Record<string, string>>): Promise<Result> => {
  const { exitCode, said, result } = await loadTest({
    BASE_URL: service.url,
    ...QUICK,
    ...variables,
  });
  expect(exitCode, said).toBe(0);
  if (result === null) throw new Error(`no result was written:\n${said}`);
  // CI has nobody who looks at it.
  expect(said).not.toContain('Live:');
  const { verdict, summary } = result;
  expect(verdict).toBe('passed');
  expect(summary?.answered).toBeGreaterThan(0);
  expect(summary?.failed).toBe(0);
  expect(summary?.checks).toHaveLength(4);
  expect(summary?.checks.every(({ fails }) => fails === 0)).toBe(true);
  // Every recording of the samples has more than five words.
  expect(summary?.words?.reference).toBeGreaterThan(5 * (summary?.answered ?? 0));
  expect(summary?.words?.errors).toBeLessThan((summary?.words?.reference ?? 0) / 4);
  return result;
};

describe('every mode', () => {
  it.each(['smoke', 'load', 'stress', 'soak'])('%s runs, checks and measures', async (MODE) => {
    const { summary, samples, settings } = await passed({ MODE, MAX_VUS: '3' });
    expect(settings.mode).toBe(MODE);
    expect(summary?.answerMs?.p95).toBeGreaterThan(0);
    expect(samples.some(({ load }) => (load?.answered ?? 0) > 0)).toBe(true);
    expect(samples.some((sample) => (sample.service?.workersBytes ?? 0) > 50e6)).toBe(true);
  });

  it('spike asks for a rate, jumps, and comes back', async () => {
    const { summary } = await passed({ MODE: 'spike', MAX_VUS: '30', MAX_RATE: '4' });
    // Both jumps take five seconds: 6 s at 1/s, 4 s at 4/s and 10 s between.
    expect(summary?.requests).toBeGreaterThan(25);
  });

  it('recycle wants workers to be replaced while it asks, and counts them', async () => {
    const { summary } = await passed({ MODE: 'recycle', MAX_VUS: '10', MAX_RATE: '3' });
    expect(summary?.workerRecycles).toBeGreaterThan(0);
  });

  it('breakpoint ends at the first threshold that is crossed', async () => {
    const { exitCode, result, said } = await loadTest({
      BASE_URL: service.url,
      ...QUICK,
      MODE: 'breakpoint',
      RAMP_UP_DURATION: '60s',
      STEADY_DURATION: '0',
      RAMP_DOWN_DURATION: '0',
      MAX_RATE: '5',
      MAX_VUS: '20',
      THRESHOLD_P95_DURATION: '1',
    });
    expect(exitCode, said).toBe(99);
    expect(result?.summary?.seconds).toBeLessThan(50);
    expect(said).toContain('what the service can take');
  });

  it('serves all endpoints', async () => {
    for (const ENDPOINT of ['/transcriptions', '/transcriptions/sync']) {
      // oxlint-disable-next-line no-await-in-loop
      await passed({ ENDPOINT, STEADY_DURATION: '2s' });
    }
  });
});

describe('what must not pass', () => {
  it('a service told to be slow crosses the threshold, and its page says so', async () => {
    const slow = await startRunningService({
      env: { STT_ENGINE: 'moonshine-tiny', STT_FAULTS: 'slow:1s', STT_ALLOW_FAULTS: 'true' },
    });
    try {
      const { exitCode, result, path, said } = await loadTest({
        BASE_URL: slow.url,
        ...QUICK,
        THRESHOLD_P95_DURATION: '500',
      });
      expect(exitCode, said).toBe(99);
      expect(result?.verdict).toBe('thresholds');
      const crossed = result?.summary?.thresholds.filter(({ held }) => !held);
      expect(crossed?.map(({ metric }) => metric)).toEqual(['stt_answer_duration']);
      expect(readFileSync(`${path}.html`, 'utf8')).toContain('A threshold was crossed');
    } finally {
      await slow.stop();
    }
  });

  it('a service that crashes fails, a full one turns away: they are counted apart', async () => {
    const bad = await startRunningService({
      env: {
        STT_ENGINE: 'moonshine-tiny',
        STT_FAULTS: 'crash:0.5,slow:0.3s',
        STT_ALLOW_FAULTS: 'true',
        PROCESS_POOL_SIZE: '1',
        PROCESS_QUEUE_SIZE: '1',
      },
    });
    try {
      const run = await loadTest({
        BASE_URL: bad.url,
        ...QUICK,
        MODE: 'stress',
        MAX_VUS: '6',
        STEADY_DURATION: '8s',
        THRESHOLD_ERROR_RATE: '0',
      });
      expect(run.exitCode, run.said).toBe(99);
      expect(run.result?.summary?.failed).toBeGreaterThan(0);
      expect(run.result?.summary?.rejected).toBeGreaterThan(0);
      expect(run.result?.summary?.rejectionMs?.max).toBeGreaterThan(0);
      const crossed = run.result?.summary?.thresholds.filter(({ held }) => !held);
      expect(crossed?.map(({ metric }) => metric)).toContain('stt_failed_share');
    } finally {
      await bad.stop();
    }
  });

  it('wrong settings are named before k6 is even looked for', async () => {
    const { exitCode, said } = await loadTest({ MODE: 'lode', MAX_VUS: '0' });
    expect(exitCode).toBe(1);
    expect(said).toContain('TEST_MODE=lode: one of smoke');
    expect(said).toContain('MAX_VUS=0: a whole number');
  });

  it('nobody there is said in a sentence', async () => {
    const { exitCode, said } = await loadTest({ BASE_URL: 'http://127.0.0.1:1' });
    expect(exitCode).toBe(1);
    expect(said).toContain('Nothing answers on http://127.0.0.1:1');
  });

  it('recycling without a status page is no recycling that was seen', async () => {
    const { exitCode, said } = await loadTest({
      BASE_URL: service.url,
      STATUS_URL: `${service.url}/nowhere`,
      ...QUICK,
      MODE: 'recycle',
    });
    expect(exitCode).not.toBe(0);
    expect(exitCode).not.toBe(99);
    expect(said).toContain('STATUS_URL names it');
  });
});

describe('a service that asks for keys', () => {
  it('gets the key, and neither files nor output nor arguments hold it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stt-load-keys-'));
    const key = 'stt_key_of_the_load_test';
    const file = join(directory, 'keys');
    writeFileSync(file, `load:${createHash('sha256').update(key).digest('hex')}\n`);
    const closed = await startRunningService({
      env: { STT_ENGINE: 'moonshine-tiny', STT_API_KEYS_FILE: file },
    });
    try {
      const variables = { BASE_URL: closed.url, ...QUICK };
      const running = loadTest(variables, { API_KEY: key });
      const seen: string[] = [];
      const done = { is: false };
      void running.finally(() => (done.is = true));
      while (!done.is) {
        seen.push(Bun.spawnSync(['ps', '-A', '-o', 'args=']).stdout.toString());
        // oxlint-disable-next-line no-await-in-loop
        await Bun.sleep(200);
      }
      const { exitCode, said, path } = await running;
      expect(exitCode, said).toBe(0);
      expect(seen.join('\n')).toContain('k6/main.ts');
      expect(seen.join('\n') + said).not.toContain(key);
      for (const end of ['.json', '.html', '.k6.html']) {
        expect(readFileSync(path + end, 'utf8')).not.toContain(key);
      }
      const without = await loadTest(variables);
      expect(without.exitCode).toBe(99);
      expect(without.said).toContain('unauthorized');
    } finally {
      await closed.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('beside the run', () => {
  it("k6's live page can be looked at, and its report is kept", async () => {
    const running = loadTest({ BASE_URL: service.url, ...QUICK, CI: '' });
    let page = '';
    const done = { is: false };
    void running.finally(() => (done.is = true));
    while (!done.is && page === '') {
      // oxlint-disable-next-line no-await-in-loop
      page = await fetch('http://127.0.0.1:5665/ui/')
        .then((answer) => answer.text())
        .catch(() => '');
      // oxlint-disable-next-line no-await-in-loop
      await Bun.sleep(100);
    }
    const { exitCode, said, path } = await running;
    expect(exitCode, said).toBe(0);
    expect(said).toContain('Live: http://127.0.0.1:5665');
    expect(page).toContain('<html');
    expect(existsSync(`${path}.k6.html`)).toBe(true);
  });

  it('k6 writes the series that the board asks for, under the name of the test', async () => {
    const { PROMETHEUS: executable = '' } = process.env;
    const receiver = ['--web.enable-remote-write-receiver'];
    const prometheus = await startPrometheus(executable, [], [], receiver);
    try {
      const PROMETHEUS_URL = prometheus.url;
      const { exitCode, said } = await loadTest({
        BASE_URL: service.url,
        ...QUICK,
        PROMETHEUS_URL,
      });
      expect(exitCode, said).toBe(0);
      // Nothing was turned away, failed or left unsent: such series begin with the first of their kind.
      const { rejected, failed, droppedIterations, ...others } = K6_SERIES;
      const names = Object.values(others).flatMap((series) =>
        typeof series === 'string' ? [series] : Object.values(series),
      );
      const written = await prometheus.ask<readonly string[]>('label/__name__/values');
      expect(written).toEqual(expect.arrayContaining(names));
      for (const name of [rejected, failed, droppedIterations]) expect(written).not.toContain(name);
      const tests = await prometheus.ask<readonly string[]>('label/testid/values');
      expect(tests).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT.*-smoke$/)]);
    } finally {
      await prometheus.stop();
    }
  });

  it('packs into one file, with its settings and without a key, that runs where there is no checkout', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stt-load-archive-'));
    const k6 = Bun.spawnSync([join(ROOT, 'scripts/tools/find-tool.sh'), 'k6']).stdout;
    const program = k6.toString().trim();
    const archive = join(directory, 'load.tar');
    const env = { PATH: process.env['PATH'] ?? '', K6_NO_USAGE_REPORT: 'true' };
    try {
      const packed = Bun.spawnSync(
        [
          program,
          'archive',
          '-e',
          'STEADY_DURATION=3s',
          '-e',
          'AUDIO_FILES_LIST=samples/manifest.json',
          '-O',
          archive,
          'k6/main.ts',
        ],
        { cwd: ROOT, env: { ...env, API_KEY: 'stt_never_packed' } },
      );
      expect(packed.exitCode, packed.stderr.toString()).toBe(0);
      expect(readFileSync(archive).includes('stt_never_packed')).toBe(false);
      // What a ConfigMap takes.
      expect(statSync(archive).size).toBeLessThan(1024 * 1024);
      const ran = Bun.spawnSync([program, 'run', '--quiet', archive], {
        cwd: directory,
        env: { ...env, BASE_URL: service.url },
      });
      expect(ran.exitCode, ran.stderr.toString()).toBe(0);
      expect(ran.stdout.toString()).toMatch(/requests +\d+: \d+ answered/);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
