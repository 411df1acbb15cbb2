import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS, PATHS } from '../src/contract.ts';
import { metric, runService, sample, sampleBytes, upload } from './running-service.ts';
import type { RunningService } from './running-service.ts';

let running: RunningService;

beforeAll(async () => {
  running = await runService();
}, 60_000);

afterAll(() => running.stop());

const get = (path: string) => fetch(running.url + path);

describe('the service', () => {
  it('answers on every path of the contract', async () => {
    for (const path of Object.values(PATHS)) {
      const answer = await get(path);
      const expected = path.startsWith('/transcriptions') ? 405 : 200;
      expect(answer.status, path).toBe(expected);
    }
  });

  it('describes every route in its OpenAPI document, with the errors of each', async () => {
    const document = (await (await get(PATHS.openapi)).json()) as {
      paths: Record<string, Record<string, { responses: Record<string, object> }>>;
      components: { schemas: Record<string, object> };
    };
    expect(Object.keys(document.paths).toSorted()).toEqual(
      [
        PATHS.transcriptions,
        PATHS.transcriptionsSync,
        PATHS.transcriptionsIsolated,
        PATHS.liveness,
        PATHS.readiness,
        PATHS.metrics,
        PATHS.status,
      ].toSorted(),
    );
    const responses = document.paths[PATHS.transcriptionsIsolated]?.['post']?.responses ?? {};
    expect(Object.keys(responses)).toEqual([
      '200',
      '400',
      '401',
      '408',
      '413',
      '415',
      '422',
      '429',
      '500',
      '502',
      '503',
      '504',
    ]);
    expect(document.components.schemas).toHaveProperty('Transcript');
    expect(document.components.schemas).toHaveProperty('Problem');
  });

  it('has pages that load nothing from other hosts', async () => {
    for (const path of [PATHS.index, PATHS.docs]) {
      const answer = await get(path);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      const page = await answer.text();
      const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, target]) => target ?? '',
      );
      expect(loaded.length).toBeGreaterThan(0);
      for (const target of loaded) {
        expect(target).toMatch(/^(\/|data:)/);
        if (target.startsWith('/')) expect((await get(target)).status, target).toBe(200);
      }
    }
  });

  it('exports every metric of the contract', async () => {
    await upload(running.url, PATHS.transcriptionsIsolated, sampleBytes(sample('wav')));
    const text = await (await get(PATHS.metrics)).text();
    for (const name of Object.values(METRICS)) expect(text).toContain(`# TYPE ${name} `);
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).not.toContain('process_heap_bytes');
    expect(text).not.toContain('nodejs_heap_space');
    for (const series of [
      'stt_pool_workers{state="idle"}',
      'stt_pool_size',
      'stt_process_memory_bytes{process="workers"}',
      'stt_pool_worker_memory_bytes{slot="moonshine-tiny-0"}',
      'stt_audio_seconds_total{engine="moonshine-tiny"}',
      'stt_pool_queue_wait_seconds_count',
      'stt_pool_task_duration_seconds_count',
      'stt_pool_worker_start_seconds_count',
      'stt_upload_bytes_count',
      'stt_decode_duration_seconds_count',
      'stt_real_time_factor_count{engine="moonshine-tiny"}',
      'stt_request_real_time_factor_count{route="/transcriptions/process-isolated"}',
      'stt_http_requests_total{route="/transcriptions/process-isolated",method="POST",status="200"}',
    ]) {
      expect(await metric(running.url, series), series).toBeGreaterThan(0);
    }
  });

  it('says the state of its pool, queue and spool', async () => {
    const state = (await (await get(PATHS.status)).json()) as Record<string, unknown>;
    expect(state).toMatchObject({
      draining: false,
      engine: 'moonshine-tiny',
      engines: ['moonshine-tiny'],
      isolation: true,
      spool: { files: 0, bytes: 0 },
      pools: { 'moonshine-tiny': { workers: [{ state: 'idle' }], queue: { depth: 0 } } },
    });
  });
});

it('moves metrics and status to METRICS_PORT when that is set', async () => {
  const own = await runService({ METRICS_PORT: '0' });
  try {
    expect(own.service.metricsUrl).not.toBe(own.url);
    for (const path of [PATHS.metrics, PATHS.status]) {
      expect((await fetch(own.url + path)).status).toBe(404);
      expect((await fetch(own.service.metricsUrl + path)).status).toBe(200);
    }
    expect(
      (await fetch(own.service.metricsUrl + PATHS.transcriptions, { method: 'POST' })).status,
    ).toBe(404);
  } finally {
    await own.stop();
  }
});

it('takes a second engine when STT_ENGINES allows it, and starts its workers at first use', async () => {
  const own = await runService({ STT_ENGINES: 'moonshine-base' });
  try {
    const pools = async () =>
      Object.keys(((await (await fetch(`${own.url}/status`)).json()) as { pools: object }).pools);
    expect(await pools()).toEqual(['moonshine-tiny']);
    const clip = sampleBytes(sample('wav'));
    const { body } = await upload(own.url, PATHS.transcriptionsIsolated, clip, {
      engine: 'moonshine-base',
    });
    expect(body.engine).toBe('moonshine-base');
    expect(await pools()).toEqual(['moonshine-tiny', 'moonshine-base']);
  } finally {
    await own.stop();
  }
});
