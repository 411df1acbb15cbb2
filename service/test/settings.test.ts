import { describe, expect, it } from 'vitest';
import { metric, runService, sample, sampleBytes, until, upload } from './running-service.ts';
import type { RunningService } from './running-service.ts';

const ISOLATED = '/transcriptions/process-isolated';
/** A worker younger than 10 s is replaced for its count of tasks alone, so these take a little longer than that. */
const PATIENCE_MS = 28_000;

async function withService(
  env: Record<string, string>,
  use: (running: RunningService) => Promise<void>,
): Promise<void> {
  const running = await runService(env);
  try {
    await use(running);
  } finally {
    await running.stop();
  }
}

const clip = () => sampleBytes(sample('wav'));
const leaking = (megabytes: number) => ({
  STT_FAULTS: `leak:${megabytes}MB`,
  STT_ALLOW_FAULTS: 'true',
});
const recycled = (reason: string) => `stt_pool_recycles_total{reason="${reason}"}`;

describe.concurrent('a worker is replaced', () => {
  it('at the age of PROCESS_MAX_AGE_SECONDS', () =>
    withService({ PROCESS_MAX_AGE_SECONDS: '1' }, async ({ url }) => {
      await until(async () => ((await metric(url, recycled('age'))) ?? 0) > 0, PATIENCE_MS);
      expect((await upload(url, ISOLATED, clip())).status).toBe(200);
    }));

  it('when it holds more than PROCESS_MAX_RSS_MB after a task', () =>
    withService({ ...leaking(80), PROCESS_MAX_RSS_MB: '700' }, async ({ url }) => {
      const workers = async () =>
        (await metric(url, 'stt_process_memory_bytes{process="workers"}')) ?? 0;
      while ((await workers()) < 710 * 1024 * 1024) {
        // oxlint-disable-next-line no-await-in-loop
        expect((await upload(url, ISOLATED, clip())).status).toBe(200);
      }
      await until(async () => ((await metric(url, recycled('memory'))) ?? 0) > 0, PATIENCE_MS);
      expect((await upload(url, ISOLATED, clip())).status).toBe(200);
    }));

  it('before a task that could take it half as high again, so that no caller notices', () =>
    withService({ ...leaking(150), PROCESS_MAX_RSS_MB: '400' }, async ({ url }) => {
      for (let request = 0; request < 8; request++) {
        // oxlint-disable-next-line no-await-in-loop
        expect((await upload(url, ISOLATED, clip())).status).toBe(200);
      }
      expect(await metric(url, recycled('memory_ahead'))).toBeGreaterThan(1);
      expect((await metric(url, recycled('memory_hard'))) ?? 0).toBe(0);
    }));

  it('when it was idle for PROCESS_IDLE_RECYCLE_SECONDS with memory that it does not need', () =>
    withService({ ...leaking(300), PROCESS_IDLE_RECYCLE_SECONDS: '1' }, async ({ url }) => {
      expect((await upload(url, ISOLATED, clip())).status).toBe(200);
      const held = (await metric(url, 'stt_process_memory_bytes{process="workers"}')) ?? 0;
      await until(async () => ((await metric(url, recycled('idle_memory'))) ?? 0) > 0, PATIENCE_MS);
      await until(
        async () =>
          ((await metric(url, 'stt_process_memory_bytes{process="workers"}')) ?? 0) <
          held - 200 * 1024 * 1024,
      );
    }));

  it('in the middle of a task when it holds half as much again', () =>
    withService(
      { STT_FAULTS: 'leak:800MB,slow:20s', STT_ALLOW_FAULTS: 'true', PROCESS_MAX_RSS_MB: '300' },
      async ({ url }) => {
        const { status, body } = await upload(url, ISOLATED, clip());
        expect(status).toBe(500);
        expect(body.detail).toContain('PROCESS_MAX_RSS_MB');
        expect(await metric(url, recycled('memory_hard'))).toBe(1);
        await until(async () => (await fetch(`${url}/readyz`)).ok);
      },
    ));
});

describe('settings', () => {
  it('PROCESS_POOL_SIZE workers are kept warm and work side by side', () =>
    withService(
      { PROCESS_POOL_SIZE: '3', STT_FAULTS: 'slow:2s', STT_ALLOW_FAULTS: 'true' },
      async ({ url }) => {
        expect(await metric(url, 'stt_pool_size')).toBe(3);
        await until(async () => (await metric(url, 'stt_pool_workers{state="idle"}')) === 3);
        const answers = [1, 2, 3].map(() => upload(url, ISOLATED, clip()));
        await until(async () => (await metric(url, 'stt_pool_workers{state="busy"}')) === 3);
        for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
      },
    ));

  it('STT_THREADS requests run side by side in threads, and no more', () =>
    withService(
      { STT_THREADS: '2', STT_FAULTS: 'slow:2s', STT_ALLOW_FAULTS: 'true' },
      async ({ url }) => {
        const busy = async () => {
          const state = (await (await fetch(`${url}/status`)).json()) as {
            in_process: Record<string, { slots: { state: string }[]; queue: { depth: number } }>;
          };
          return state.in_process['thread/moonshine-tiny'];
        };
        const answers = [1, 2, 3].map(() => upload(url, '/transcriptions', clip()));
        const seen = await until(async () => {
          const now = await busy();
          return now?.queue.depth === 1 ? now : null;
        });
        expect(seen.slots.map(({ state }) => state)).toEqual(['busy', 'busy']);
        for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
      },
    ));

  it('LOG_LEVEL=warn leaves out what went well', () =>
    withService({ LOG_LEVEL: 'warn' }, async ({ url, log }) => {
      await upload(url, ISOLATED, clip());
      await fetch(`${url}/nowhere`);
      expect(log.filter((line) => line.includes('"msg":"request"'))).toEqual([]);
    }));

  it('STT_SPOOL_MAX_MB refuses with 503 what does not fit beside the uploads in flight', () =>
    withService(
      {
        STT_SPOOL_MAX_MB: '1',
        STT_MAX_FILE_SIZE_MB: '1',
        STT_FAULTS: 'slow:2s',
        STT_ALLOW_FAULTS: 'true',
      },
      async ({ url, spooled }) => {
        const padded = new Uint8Array(1_000_000);
        padded.set(clip());
        const first = upload(url, ISOLATED, padded);
        await until(() => spooled() === 1);
        await until(async () => (await metric(url, 'stt_pool_workers{state="busy"}')) === 1);
        const second = await upload(url, ISOLATED, padded);
        expect(second).toMatchObject({ status: 503, body: { code: 'storage_full' } });
        expect(second.headers.get('retry-after')).toBe('5');
        expect((await first).status).toBe(200);
        expect((await upload(url, ISOLATED, clip())).status).toBe(200);
      },
    ));
});
