import { Value } from '@sinclair/typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TranscriptSchema } from '../src/routes/schemas.ts';
import { wavFile } from './audio-files.ts';
import {
  MANIFEST,
  metric,
  runService,
  sample,
  sampleBytes,
  upload,
  wordErrorRate,
} from './running-service.ts';
import type { RunningService } from './running-service.ts';

const ROUTES = [
  ['/transcriptions/process-isolated', 'process'],
  ['/transcriptions', 'thread'],
  ['/transcriptions/sync', 'none'],
] as const;

/** Quantised arithmetic differs a little from one processor to the next: one word in ten may. */
const TOLERATED = 0.1;

let running: RunningService;

beforeAll(async () => {
  running = await runService({ STT_ENGINE: 'moonshine-base', STT_THREADS: '1' });
}, 60_000);

afterAll(() => running.stop());

describe.each(ROUTES)('POST %s', (path, isolation) => {
  it('gives the words of a recording, in the documented shape', async () => {
    const clip = sample('wav');
    const { status, body, headers } = await upload(running.url, path, sampleBytes(clip));
    expect(status).toBe(200);
    expect([...Value.Errors(TranscriptSchema, body)]).toEqual([]);
    expect(wordErrorRate(clip.text, body.text)).toBeLessThanOrEqual(TOLERATED);
    expect(body).toMatchObject({ engine: 'moonshine-base', isolation, language: 'en' });
    expect(Math.abs(body.duration_seconds - clip.seconds)).toBeLessThan(0.05);
    expect(body.confidence).toBeGreaterThan(0.5);
    expect(headers.get('x-stt-engine')).toBe('moonshine-base');
    expect(headers.get('server-timing')).toMatch(/^upload;dur=\d+, queue;dur=\d+, decode;dur=/);
    expect(headers.get('x-request-id')).toBe(body.request_id);
    expect(running.spooled()).toBe(0);
  });

  it('gives empty text for silence', async () => {
    const { status, body } = await upload(
      running.url,
      path,
      new Uint8Array(wavFile(new Uint8Array(2 * 32_000))),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ text: '', segments: [], confidence: null, duration_seconds: 2 });
  });
});

describe('a recording', () => {
  it.each(MANIFEST)('$file gives its text', async (clip) => {
    const { status, body } = await upload(
      running.url,
      '/transcriptions/process-isolated',
      sampleBytes(clip),
    );
    expect(status).toBe(200);
    expect(wordErrorRate(clip.text, body.text)).toBeLessThanOrEqual(TOLERATED);
    for (const segment of body.segments) {
      expect(segment.start).toBeLessThan(segment.end);
      expect(segment.end).toBeLessThanOrEqual(body.duration_seconds + 0.001);
    }
  });

  it('may be the raw body, with its options in the query', async () => {
    const clip = sample('flac');
    const answer = await fetch(`${running.url}/transcriptions/process-isolated?language=en-GB`, {
      method: 'POST',
      headers: { 'content-type': 'audio/flac' },
      body: sampleBytes(clip),
    });
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as { text: string; language: string };
    expect(wordErrorRate(clip.text, body.text)).toBeLessThanOrEqual(TOLERATED);
    expect(body.language).toBe('en-GB');
  });

  it('may come as "file", with language and engine', async () => {
    const form = new FormData();
    form.set('file', new Blob([sampleBytes(sample('mp3'))]));
    form.set('language', 'en');
    form.set('engine', 'moonshine-base');
    const answer = await fetch(`${running.url}/transcriptions/process-isolated`, {
      method: 'POST',
      body: form,
    });
    expect(answer.status).toBe(200);
  });

  it("keeps the caller's request id when it is sane, and gets a new one when not", async () => {
    const ask = async (id: string) => {
      const answer = await fetch(`${running.url}/healthz`, { headers: { 'x-request-id': id } });
      return answer.headers.get('x-request-id');
    };
    expect(await ask('trace-42.a:b')).toBe('trace-42.a:b');
    expect(await ask('<script>')).not.toBe('<script>');
    expect(await ask('x'.repeat(200))).not.toBe('x'.repeat(200));
  });

  it('is counted, and neither its words nor its name are logged', async () => {
    const before = (await metric(running.url, series)) ?? 0;
    const clip = sample('wav');
    const form = new FormData();
    form.set('audio_file', new Blob([sampleBytes(clip)]), 'a-very-private-name.wav');
    await (
      await fetch(`${running.url}/transcriptions/process-isolated`, { method: 'POST', body: form })
    ).json();
    expect(await metric(running.url, series)).toBe(before + 1);
    const log = running.log.join('');
    expect(log).toContain('"route":"/transcriptions/process-isolated"');
    expect(log).not.toContain('a-very-private-name');
    for (const word of clip.text.split(' ').filter(({ length }) => length > 5)) {
      expect(log).not.toContain(word);
    }
  });
  const series =
    'stt_transcriptions_total{engine="moonshine-base",isolation="process",outcome="ok"}';
});
