import { Value } from '@sinclair/typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textFor } from '../../emulator/index.ts';
import { wav } from '../../emulator/test-audio.ts';
import { PATHS } from '../../src/contract.ts';
import { TranscriptSchema } from '../../src/routes/schemas.ts';
import { metric, sample, sampleBytes, until, upload } from '../running-service.ts';
import { startAzureService } from './azure-service.ts';
import type { AzureService } from './azure-service.ts';

const ROUTES = [
  [PATHS.transcriptionsIsolated, 'process'],
  [PATHS.transcriptions, 'thread'],
  [PATHS.transcriptionsSync, 'none'],
] as const;
const ENGINES = ['azure-speech', 'azure-fast'] as const;
const CASES = ENGINES.flatMap((engine) => ROUTES.map((route) => [engine, ...route] as const));

let azure: AzureService;

beforeAll(async () => {
  azure = await startAzureService({
    env: {
      STT_ENGINES: ENGINES.join(','),
      STT_LANGUAGES: 'en-US,de-DE',
      STT_THREADS: '1',
      PROCESS_POOL_SIZE: '2',
      PROCESS_TIMEOUT: '10',
      STT_AZURE_FAST_MAX_FILE_SIZE_MB: '1',
    },
    // So short that the identity library keeps none of them.
    emulator: { spokenLocale: 'de-DE', tokenLifetimeSeconds: 240 },
  });
});

afterAll(async () => {
  expect(await azure.stop()).toBe(0);
});

describe('both Azure engines on all three routes', () => {
  it.each(CASES)('%s on %s gives what Azure heard', async (engine, route, isolation) => {
    const clip = sample('wav');
    const { status, body, headers } = await upload(azure.url, route, sampleBytes(clip), {
      engine,
      language: 'en-GB',
    });
    expect(status).toBe(200);
    expect([...Value.Errors(TranscriptSchema, body)]).toEqual([]);
    expect(body).toMatchObject({
      text: textFor(clip.seconds, 'en-GB'),
      language: 'en-GB',
      engine,
      isolation,
      confidence: expect.closeTo(0.946, 2) as number,
    });
    expect(Math.abs(body.duration_seconds - clip.seconds)).toBeLessThan(0.01);
    expect(body.segments[1]?.start).toBe(3);
    expect(body.segments[1]?.words?.[0]).toMatchObject({ word: 'part', start: 3 });
    expect(headers.get('x-stt-engine')).toBe(engine);
  });

  it.each(CASES)('%s on %s gives nothing for silence, and no error', async (engine, route) => {
    const { status, body } = await upload(azure.url, route, wav(1.5, 0), { engine });
    expect(status).toBe(200);
    expect(body).toMatchObject({ text: '', segments: [], confidence: null, language: 'und' });
  });
});

describe('an Azure engine', () => {
  const [isolated] = ROUTES[0];

  it.each(ENGINES)('%s finds out which of the configured languages is spoken', async (engine) => {
    const { body } = await upload(azure.url, isolated, wav(1.23), { engine });
    expect(body).toMatchObject({ text: textFor(1.23, 'de-DE'), language: 'de-DE' });
  });

  it.each(ENGINES)('%s refuses a region that Azure has no model for', async (engine) => {
    const { status, body } = await upload(azure.url, isolated, wav(1), {
      engine,
      language: 'de-LU',
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'unsupported_language' });
    expect(body.detail).toContain('de-AT');
  });

  it.each(['wav', 'flac', 'mp3', 'm4a', 'ogg', 'webm'])(
    'hears the same length in %s',
    async (format) => {
      const clip = sample(format);
      for (const engine of ENGINES) {
        const { status, body } = await upload(azure.url, isolated, sampleBytes(clip), { engine });
        expect(status).toBe(200);
        expect(Math.abs(body.duration_seconds - clip.seconds)).toBeLessThan(0.1);
        expect(body.text).toContain('Part one in de-DE');
      }
    },
  );

  it('answers for its own part what the other would: no audio, no length, too much', async () => {
    const noise = new Uint8Array(Buffer.from('this is no recording at all, not one bit of it'));
    const outcomes = await Promise.all(
      ENGINES.flatMap((engine) =>
        [noise, wav(0), new Uint8Array(2_000_000)].map(async (bytes) => {
          const { status, body } = await upload(azure.url, isolated, bytes, { engine });
          return `${engine} ${status} ${body.code}`;
        }),
      ),
    );
    expect(outcomes).toEqual([
      'azure-speech 415 unsupported_media',
      'azure-speech 422 empty_audio',
      'azure-speech 415 unsupported_media',
      'azure-fast 422 audio_undecodable',
      'azure-fast 422 audio_undecodable',
      'azure-fast 413 audio_too_large',
    ]);
  });

  it.each(CASES)(
    '%s on %s takes a fresh token when the one it had ends in the middle',
    async (engine, route) => {
      azure.emulator.addRule({
        fault: 'expired-token',
        times: 1,
        on: engine === 'azure-fast' ? 'fast' : 'speech',
      });
      const before = azure.emulator.counts.tokensIssued;
      const { status, body } = await upload(azure.url, route, wav(2.5), { engine });
      expect(body.text).toBe(textFor(2.5, 'de-DE'));
      expect(status).toBe(200);
      expect(azure.emulator.counts.tokensIssued).toBeGreaterThan(before);
    },
  );

  it.each(CASES)('%s on %s hangs up when the client leaves', async (engine, route) => {
    const service = engine === 'azure-fast' ? 'fast' : 'speech';
    azure.emulator.addRule({ fault: 'stall', times: 1, on: service });
    const abandoned = () => azure.emulator.counts[service]['abandoned'] ?? 0;
    const cancelled = () => metric(azure.url, 'stt_cancelled_total');
    const [before, countBefore] = [abandoned(), (await cancelled()) ?? 0];
    const leave = new AbortController();
    const form = new FormData();
    form.set('audio_file', new Blob([wav(2)]), 'clip');
    form.set('engine', engine);
    const answer = fetch(azure.url + route, { method: 'POST', body: form, signal: leave.signal });
    setTimeout(() => leave.abort(), 400);
    await expect(answer).rejects.toThrow();
    await until(async () => ((await cancelled()) ?? 0) > countBefore);
    await until(() => azure.emulator.openConnections === 0);
    expect(abandoned()).toBeGreaterThanOrEqual(before);
    const { status } = await upload(azure.url, route, wav(1), { engine });
    expect(status).toBe(200);
  });

  it('asked for one token at a time, and counted each', async () => {
    const issued = azure.emulator.counts.tokensIssued;
    expect(await metric(azure.url, 'stt_token_refreshes_total{outcome="ok"}')).toBe(issued);
    expect(issued).toBeLessThan(20);
  });
});
