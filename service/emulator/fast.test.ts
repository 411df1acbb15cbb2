import type { TokenCredential } from '@azure/identity';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmulator, textFor } from './index.ts';
import type { Emulator, EmulatorOptions, Fault } from './index.ts';
import { wav } from './test-audio.ts';
import { credentialOf, fastClient, fetchToken } from './test-clients.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');

let emulator: Emulator;

function start(options?: EmulatorOptions): Emulator {
  emulator = createEmulator(options);
  return emulator;
}

afterEach(() => emulator.stop());

const transcribe = (audio: Uint8Array, locales: string[] = [], credential?: TokenCredential) =>
  fastClient(emulator, credential).transcribe(audio, { locales });

interface Failure {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message: string;
  readonly headers: Record<string, string>;
}

/** What the client throws, with the answer's headers. */
async function failure(run: Promise<unknown>): Promise<Failure> {
  const error = await run.then(
    () => expect.unreachable('it was answered'),
    (reason: unknown) => reason,
  );
  const { statusCode, code, message, response } = error as Failure & {
    response?: { headers: { toJSON(): Record<string, string> } };
  };
  return {
    ...(statusCode !== undefined && { statusCode }),
    ...(code !== undefined && { code }),
    message,
    headers: response?.headers.toJSON() ?? {},
  };
}

describe('the Fast endpoint, as its client sees it,', () => {
  it('says the script with times, words and confidence', async () => {
    start();
    const result = await transcribe(wav(4.5), ['de-DE']);
    expect(result.durationInMs).toBe(4500);
    expect(result.combinedPhrases).toEqual([{ text: textFor(4.5, 'de-DE') }]);
    const [first, second] = result.phrases;
    expect(first).toMatchObject({ offsetInMs: 0, durationInMs: 3000, locale: 'de-DE' });
    expect(second).toMatchObject({ offsetInMs: 3000, durationInMs: 1500, confidence: 0.94 });
    expect(second?.words?.at(-1)).toEqual({ text: 'zero', offsetInMs: 4350, durationInMs: 150 });
    expect(emulator.counts).toMatchObject({ fast: { ok: 1 }, identity: { ok: 1 } });
  });

  it('says each client what is its own, also with many at once', async () => {
    start();
    const seconds = [0.5, 1.25, 3, 3.1, 4, 6.01, 7.77, 9.5];
    const results = await Promise.all(seconds.map((length) => transcribe(wav(length))));
    expect(results.map(({ combinedPhrases }) => combinedPhrases[0]?.text)).toEqual(
      seconds.map((length) => textFor(length, 'en-US')),
    );
    expect(emulator.answerTimesMs).toHaveLength(8);
    expect(emulator.uploadTimesMs).toHaveLength(8);
  });

  it('measures compressed recordings', async () => {
    start();
    const { durationInMs } = await transcribe(await readFile(join(SAMPLES, 'report.flac')));
    const manifest = JSON.parse(await readFile(join(SAMPLES, 'manifest.json'), 'utf8')) as {
      file: string;
      seconds: number;
    }[];
    const seconds = manifest.find(({ file }) => file === 'report.flac')?.seconds ?? 0;
    expect(durationInMs / 1000).toBeCloseTo(seconds, 1);
  });

  it('finds the spoken language among the candidates', async () => {
    start({ spokenLocale: 'it-IT' });
    const { phrases } = await transcribe(wav(1), ['fr-FR', 'it-IT']);
    expect(phrases[0]?.locale).toBe('it-IT');
  });

  it('hears nothing in silence', async () => {
    start();
    const { durationInMs, phrases, combinedPhrases } = await transcribe(wav(4, 0));
    expect({ durationInMs, phrases, combinedPhrases }).toEqual({
      durationInMs: 4000,
      phrases: [],
      combinedPhrases: [{ text: '' }],
    });
    expect(emulator.counts.fast).toEqual({ silence: 1 });
  });

  it('refuses what it cannot decode', async () => {
    start();
    const error = await failure(transcribe(Buffer.from('no audio at all')));
    expect(error).toMatchObject({ statusCode: 422 });
    expect(emulator.counts.fast).toEqual({ undecodable: 1 });
  });

  it('answers after the delay it was given', async () => {
    start({ delayMs: 120 });
    await transcribe(wav(1));
    expect(emulator.answerTimesMs[0]).toBeGreaterThan(110);
  });

  it('lets the engine listen when it was told to', async () => {
    start({ engine: 'moonshine-tiny' });
    const { combinedPhrases } = await transcribe(await readFile(join(SAMPLES, 'train.wav')));
    expect(combinedPhrases[0]?.text.toLowerCase()).toContain('train');
  });
});

describe('a request that is wrong', () => {
  const VERSION = '?api-version=2025-10-15';

  async function post(query: string, parts: Record<string, string | Blob>): Promise<Response> {
    const form = new FormData();
    for (const [name, value] of Object.entries(parts)) form.set(name, value);
    const headers = { Authorization: `Bearer ${await fetchToken(emulator)}` };
    const address = `${emulator.url}/speechtotext/transcriptions:transcribe${query}`;
    return fetch(address, { method: 'POST', headers, body: form });
  }

  const audio = new Blob([wav(1)]);
  const definition = '{}';

  it.each<[string, string, Record<string, string | Blob>]>([
    ['api-version', '', { audio, definition }],
    ['api-version', '?api-version=2024-11-15', { audio, definition }],
    ['definition', VERSION, { audio }],
    ['definition', VERSION, { audio, definition: '{' }],
    ['definition', VERSION, { audio, definition: '[]' }],
    ['locales', VERSION, { audio, definition: '{"locales": "de-DE"}' }],
    ['"audio"', VERSION, { definition }],
  ])('about its %s gets a 400 that says so: %s', async (part, query, parts) => {
    const answer = await post(query, (start(), parts));
    expect(answer.status).toBe(400);
    const body = (await answer.json()) as { code: string; message: string };
    expect(body.code).toBe('InvalidRequest');
    expect(body.message).toContain(part);
    expect(emulator.counts.fast).toEqual({ invalid: 1 });
  });

  it('is none when the definition is a part with a type', async () => {
    start();
    const typed = new Blob([definition], { type: 'application/json' });
    expect((await post(VERSION, { audio, definition: typed })).status).toBe(200);
  });

  it('gets its error flat, or wrapped where that was asked for', async () => {
    const bad = { audio: new Blob(['nothing']), definition };
    start();
    expect(await (await post(VERSION, bad)).json()).toMatchObject({
      code: 'UnprocessableEntity',
      innerError: { code: 'InvalidAudioFormat' },
    });
    await emulator.stop();
    start({ errorShape: 'wrapped' });
    expect(await (await post(VERSION, bad)).json()).toMatchObject({
      error: { innerError: { code: 'InvalidAudioFormat' } },
    });
  });
});

describe('the token of a Fast request', () => {
  it('that is made up, expired or for another audience is refused', async () => {
    start();
    const vault = await fetchToken(emulator, 'https://vault.azure.net');
    for (const token of ['made-up', vault]) {
      const error = await failure(transcribe(wav(1), [], credentialOf(emulator, token)));
      expect(error.statusCode).toBe(401);
    }
    await emulator.stop();
    start({ tokenLifetimeSeconds: 0 });
    const { statusCode } = await failure(transcribe(wav(1)));
    expect(statusCode).toBe(401);
    expect(emulator.counts.fast).toEqual({ unauthorized: 1 });
  });
});

describe('a fault of the Fast endpoint, as its client sees it,', () => {
  it.each<[Fault, number]>([
    ['unauthorized', 401],
    ['forbidden', 403],
    ['internal', 500],
    ['unavailable', 503],
  ])('%s: status %i', async (fault, status) => {
    start().addRule({ fault, on: 'fast' });
    expect((await failure(transcribe(wav(1)))).statusCode).toBe(status);
    expect(emulator.counts.fast).toEqual({ [fault]: 1 });
  });

  it('throttled: status 429 with the seconds to wait, so often as it was told', async () => {
    start().addRule({ fault: 'throttled', on: 'fast', times: 1, retryAfterSeconds: 7 });
    const error = await failure(transcribe(wav(1)));
    expect(error).toMatchObject({ statusCode: 429, headers: { 'retry-after': '7' } });
    await expect(transcribe(wav(1))).resolves.toMatchObject({ durationInMs: 1000 });
  });

  it('slow: the same, later', async () => {
    start().addRule({ fault: 'slow', on: 'fast', delayMs: 150 });
    await expect(transcribe(wav(1))).resolves.toMatchObject({ durationInMs: 1000 });
    expect(emulator.answerTimesMs[0]).toBeGreaterThan(140);
  });

  it('stall: nothing until it gives up', async () => {
    start().addRule({ fault: 'stall', on: 'fast' });
    const abortSignal = AbortSignal.timeout(150);
    const run = fastClient(emulator).transcribe(wav(1), { abortSignal });
    await expect(run).rejects.toThrow(/abort/i);
    expect(emulator.counts.fast).toEqual({ stall: 1 });
  });

  it('hang-up: a broken connection', async () => {
    start().addRule({ fault: 'hang-up', on: 'fast' });
    expect(await failure(transcribe(wav(1)))).toMatchObject({ code: 'ECONNRESET' });
  });

  it('garbage: a body that cannot be read', async () => {
    start().addRule({ fault: 'garbage', on: 'fast' });
    expect(await failure(transcribe(wav(1)))).toMatchObject({ code: 'PARSE_ERROR' });
  });

  it('expired-token: the token is good no more', async () => {
    start().addRule({ fault: 'expired-token', on: 'fast', times: 1 });
    const old = credentialOf(emulator, await fetchToken(emulator));
    expect((await failure(transcribe(wav(1), [], old))).statusCode).toBe(401);
    expect((await failure(transcribe(wav(1), [], old))).statusCode).toBe(401);
    await expect(transcribe(wav(1))).resolves.toMatchObject({ durationInMs: 1000 });
    expect(emulator.counts.fast).toEqual({ 'expired-token': 1, unauthorized: 1, ok: 1 });
  });

  it('in one language spares the others', async () => {
    start().addRule({ fault: 'internal', on: 'fast', language: 'de-DE' });
    expect((await failure(transcribe(wav(1), ['de-DE', 'en-US']))).statusCode).toBe(500);
    await expect(transcribe(wav(1), ['en-US', 'de-DE'])).resolves.toMatchObject({
      durationInMs: 1000,
    });
  });
});
