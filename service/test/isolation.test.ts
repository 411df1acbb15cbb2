import { afterEach, describe, expect, it } from 'vitest';
import { metric, runService, sample, sampleBytes, until, upload } from './running-service.ts';
import type { RunningService } from './running-service.ts';

const ISOLATED = '/transcriptions/process-isolated';
const THREAD = '/transcriptions';
const MAIN = '/transcriptions/sync';

let running: RunningService | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(env: Record<string, string> = {}): Promise<RunningService> {
  running = await runService(env);
  return running;
}

interface Status {
  readonly isolation: boolean;
  readonly pools: Record<
    string,
    { workers: { pid: number; state: string; tasks: number }[]; queue: { depth: number } }
  >;
}

async function status(url: string): Promise<Status> {
  return (await (await fetch(`${url}/status`)).json()) as Status;
}

async function workers(url: string, engine = 'moonshine-tiny') {
  return (await status(url)).pools[engine]?.workers ?? [];
}

const clip = () => sampleBytes(sample('wav'));
const faulty = (faults: string) => ({ STT_FAULTS: faults, STT_ALLOW_FAULTS: 'true' });

describe('process isolation', () => {
  it('replaces a worker after PROCESS_MAX_TASKS tasks, with no request failing', async () => {
    const { url } = await start({ PROCESS_MAX_TASKS: '2' });
    const pids = new Set<number>();
    for (let request = 0; request < 7; request++) {
      for (const { pid } of await workers(url)) pids.add(pid);
      expect((await upload(url, ISOLATED, clip())).status).toBe(200);
    }
    expect(pids.size).toBeGreaterThanOrEqual(2);
    // Counted when the old worker has gone, which the last answer does not wait for.
    await until(
      async () => ((await metric(url, 'stt_pool_recycles_total{reason="tasks"}')) ?? 0) >= 1,
    );
  });

  it('hides the crash of a worker behind one retry', async () => {
    const { url } = await start(faulty('slow:1s'));
    const answer = upload(url, ISOLATED, clip());
    const busy = await until(async () =>
      (await workers(url)).find(({ state }) => state === 'busy'),
    );
    process.kill(busy.pid, 'SIGKILL');
    expect((await answer).status).toBe(200);
    expect(await metric(url, 'stt_pool_crashes_total{signal="SIGKILL"}')).toBe(1);
    expect(await metric(url, 'stt_pool_retries_total')).toBe(1);
  });

  it('answers 500 for a recording that kills two workers, and serves the next endpoint on', async () => {
    const { url, spooled } = await start(faulty('crash:1'));
    const { status: code, body } = await upload(url, ISOLATED, clip());
    expect(code).toBe(500);
    expect(body.code).toBe('worker_crashed');
    expect(spooled()).toBe(0);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await until(async () => (await fetch(`${url}/readyz`)).ok);
  });

  it('kills a worker that hangs at its deadline and answers 504', async () => {
    const { url, spooled } = await start({ ...faulty('hang:1'), PROCESS_TIMEOUT: '1' });
    const [before] = await workers(url);
    const { status: code, body } = await upload(url, ISOLATED, clip());
    expect(code).toBe(504);
    expect(body.code).toBe('transcription_timeout');
    expect(body.detail).toContain('PROCESS_TIMEOUT');
    expect(await metric(url, 'stt_pool_timeouts_total')).toBe(1);
    await until(async () =>
      (await workers(url)).some(({ pid, state }) => pid !== before?.pid && state === 'idle'),
    );
    expect(spooled()).toBe(0);
  });

  it('keeps memory that requests leak out of the server', async () => {
    const { url } = await start(faulty('leak:60MB'));
    const parent = () => metric(url, 'stt_process_memory_bytes{process="parent"}');
    await upload(url, ISOLATED, clip());
    const before = (await parent()) ?? 0;
    for (let request = 0; request < 4; request++) await upload(url, ISOLATED, clip());
    expect(((await parent()) ?? 0) - before).toBeLessThan(60 * 1024 * 1024);
    expect(await metric(url, 'stt_process_memory_bytes{process="workers"}')).toBeGreaterThan(
      240 * 1024 * 1024,
    );
  });

  it('switched off: no worker, a 503 that says so, and the other endpoints work', async () => {
    const { url } = await start({ ENABLE_PROCESS_ISOLATED: 'false', STT_THREADS: '1' });
    const refused = await upload(url, ISOLATED, clip());
    expect(refused.status).toBe(503);
    expect(refused.body.code).toBe('isolation_disabled');
    expect(refused.body.detail).toContain('ENABLE_PROCESS_ISOLATED');
    expect((await upload(url, THREAD, clip())).body.isolation).toBe('thread');
    expect((await upload(url, MAIN, clip())).body.isolation).toBe('none');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await status(url)).toMatchObject({ isolation: false, pools: {} });
    for (const state of ['starting', 'idle', 'busy', 'retiring']) {
      expect(await metric(url, `stt_pool_workers{state="${state}"}`)).toBe(0);
    }
    expect(await metric(url, 'stt_pool_size')).toBe(0);
    expect(await metric(url, 'stt_process_memory_bytes{process="workers"}')).toBe(0);
  });
});

describe.each([ISOLATED, THREAD, MAIN])('%s', (path) => {
  const one = { STT_THREADS: '1', ...faulty('slow:1s') };

  it('lets only PROCESS_QUEUE_SIZE requests wait', async () => {
    const { url } = await start({ ...one, PROCESS_QUEUE_SIZE: '1' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => upload(url, path, clip())));
    const codes = answers.map(({ status: code, body }) => body.code ?? code).toSorted();
    expect(codes.filter((code) => String(code) === '200').length).toBeGreaterThanOrEqual(2);
    expect(codes).toContain('queue_full');
    const refused = answers.find(({ status: code }) => code === 503);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused?.body.retry_after_seconds).toBeGreaterThan(0);
  });

  it('lets nobody wait longer than PROCESS_QUEUE_TIMEOUT', async () => {
    const { url, spooled } = await start({
      ...one,
      ...faulty('slow:3s'),
      PROCESS_QUEUE_TIMEOUT: '1',
    });
    const [first, second] = await Promise.all([1, 2].map(() => upload(url, path, clip())));
    const codes = [first?.body.code ?? 'ok', second?.body.code ?? 'ok'].toSorted();
    expect(codes).toEqual(['ok', 'queue_timeout']);
    expect(spooled()).toBe(0);
  });

  it('stops work whose client has left, and takes the next request', async () => {
    const { url, spooled } = await start({ STT_THREADS: '1', ...faulty('slow:2s') });
    const form = new FormData();
    form.set('audio_file', new Blob([clip()]));
    const leaving = AbortSignal.timeout(700);
    await expect(
      fetch(url + path, { method: 'POST', body: form, signal: leaving }),
    ).rejects.toThrow();
    await until(() => spooled() === 0);
    await until(async () => (await metric(url, 'stt_cancelled_total')) === 1);
    expect((await upload(url, path, clip())).status).toBe(200);
  });

  it('keeps a request within STT_REQUEST_BUDGET', async () => {
    const { url } = await start({
      STT_THREADS: '1',
      ...faulty('slow:30s'),
      STT_REQUEST_BUDGET: '5',
    });
    const startedAt = performance.now();
    const { status: code, body } = await upload(url, path, clip());
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(code).toBe(504);
    expect(body.detail).toContain('STT_REQUEST_BUDGET');
  });
});
