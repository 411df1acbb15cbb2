import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../src/routes/problem.ts';
import { wavFile } from './audio-files.ts';
import type { WavFields } from './audio-files.ts';
import {
  formWith,
  metric,
  runService,
  sample,
  sampleBytes,
  until,
  upload,
  words,
} from './running-service.ts';
import type { RunningService } from './running-service.ts';

const PATH = '/transcriptions/process-isolated';

let running: RunningService;

beforeAll(async () => {
  running = await runService({
    STT_MAX_FILE_SIZE_MB: '2',
    STT_MAX_DURATION_MINUTES: '1',
    STT_UPLOAD_STALL_SECONDS: '1',
  });
}, 60_000);

afterAll(() => running.stop());

function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(value) as Uint8Array<ArrayBuffer>;
}

/** Silence under a header that says what it is told to say. */
function wav(seconds: number, fields: WavFields = {}): Uint8Array<ArrayBuffer> {
  return new Uint8Array(wavFile(new Uint8Array(seconds * 32_000), fields));
}

const multipart = (
  bytes: Uint8Array<ArrayBuffer>,
  fields?: Record<string, string>,
): RequestInit => ({
  method: 'POST',
  body: formWith(bytes, fields),
});

const rawBody = (bytes: Uint8Array<ArrayBuffer>, type: string): RequestInit => ({
  method: 'POST',
  body: bytes,
  headers: { 'content-type': type },
});

interface Case {
  readonly what: string;
  readonly request: () => RequestInit;
  readonly path?: string;
  readonly status: number;
  readonly code: string;
  /** What the sentence must name. */
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  {
    what: 'no body at all',
    request: () => ({ method: 'POST' }),
    status: 415,
    code: 'unsupported_media',
    says: /Content-Type is missing.*multipart\/form-data/,
  },
  {
    what: 'a form without a file',
    request: () => {
      const body = new FormData();
      body.set('language', 'en');
      return { method: 'POST', body };
    },
    status: 400,
    code: 'missing_file',
    says: /no file part.*audio_file/,
  },
  {
    what: 'two files',
    request: () => {
      const body = formWith(wav(1));
      body.append('file', new Blob([wav(1)]), 'second.wav');
      return { method: 'POST', body };
    },
    status: 400,
    code: 'invalid_request',
    says: /more than one file/,
  },
  {
    what: 'an empty file',
    request: () => multipart(new Uint8Array(0)),
    status: 422,
    code: 'empty_audio',
    says: /empty|no bytes|0 bytes/,
  },
  {
    what: 'an empty raw body',
    request: () => rawBody(new Uint8Array(0), 'audio/wav'),
    status: 422,
    code: 'empty_audio',
    says: /./,
  },
  {
    what: 'HTML named .wav',
    request: () => multipart(text('<!doctype html><html><body>Not found</body></html>')),
    status: 415,
    code: 'unsupported_media',
    says: /HTML/i,
  },
  {
    what: 'JSON',
    request: () => rawBody(text('{"audio":"…"}'), 'application/json'),
    status: 415,
    code: 'unsupported_media',
    says: /application\/json/,
  },
  {
    what: 'an unknown engine',
    request: () => multipart(wav(1), { engine: 'whisper' }),
    status: 400,
    code: 'invalid_parameter',
    says: /"whisper".*moonshine-tiny/,
  },
  {
    what: 'a language that is no tag',
    request: () => multipart(wav(1), { language: 'Klingon, please' }),
    status: 400,
    code: 'invalid_parameter',
    says: /Klingon/,
  },
  {
    what: 'a language nobody here speaks',
    request: () => multipart(wav(1), { language: 'de-DE' }),
    status: 422,
    code: 'unsupported_language',
    says: /"de-DE".*en/,
  },
  {
    what: 'the wrong method',
    request: () => ({ method: 'GET' }),
    status: 405,
    code: 'method_not_allowed',
    says: /POST/,
  },
  {
    what: 'an unknown path',
    path: '/transcribe',
    request: () => ({ method: 'POST' }),
    status: 404,
    code: 'not_found',
    says: /\/transcribe/,
  },
  {
    what: 'a file over the limit',
    request: () => multipart(new Uint8Array(3 * 1024 * 1024)),
    status: 413,
    code: 'audio_too_large',
    says: /STT_MAX_FILE_SIZE_MB=2/,
  },
  {
    what: 'a recording over the limit',
    request: () => multipart(wav(61)),
    status: 413,
    code: 'audio_too_long',
    says: /STT_MAX_DURATION_MINUTES/,
  },
  {
    what: 'a WAV header without channels',
    request: () => multipart(wav(1, { channels: 0 })),
    status: 422,
    code: 'audio_undecodable',
    says: /channels/,
  },
  {
    what: 'a WAV header with an absurd sample rate',
    request: () => multipart(wav(1, { sampleRate: 4_000_000_000 })),
    status: 422,
    code: 'audio_undecodable',
    says: /4000000000/,
  },
  {
    what: 'a WAV header and nothing else',
    request: () => multipart(wav(1).slice(0, 44)),
    status: 422,
    code: 'empty_audio',
    says: /./,
  },
  {
    what: 'noise without a header',
    request: () => multipart(Uint8Array.from({ length: 50_000 }, (_, at) => (at * 7919) % 251)),
    status: 415,
    code: 'unsupported_media',
    says: /./,
  },
  {
    what: 'an m4a cut before its index',
    request: () => multipart(sampleBytes(sample('m4a')).slice(0, 8_000)),
    status: 422,
    code: 'audio_undecodable',
    says: /./,
  },
];

describe('bad input', () => {
  it.each(CASES)('$what: $status $code', async ({ path = PATH, request, status, code, says }) => {
    const answer = await fetch(running.url + path, request());
    const problem = (await answer.json()) as Problem;
    expect(problem).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(problem.detail).toMatch(says);
    expect(problem.request_id).toBe(answer.headers.get('x-request-id'));
    expect(running.spooled()).toBe(0);
    await expectGoodRequest();
  });

  it('names the methods that a path does take', async () => {
    const answer = await fetch(running.url + PATH, { method: 'DELETE' });
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('is survived when every container is cut short or has a byte turned over', async () => {
    for (const format of ['wav', 'flac', 'mp3', 'ogg', 'm4a', 'webm']) {
      const bytes = sampleBytes(sample(format));
      const turned = bytes.slice();
      turned[Math.floor(bytes.byteLength / 3)] =
        (turned[Math.floor(bytes.byteLength / 3)] ?? 0) ^ 0xff;
      for (const bad of [bytes.slice(0, bytes.byteLength / 2), bytes.slice(0, 100), turned]) {
        const { status } = await upload(running.url, PATH, bad);
        expect(status, format).toBeLessThan(500);
      }
    }
    expect(running.spooled()).toBe(0);
    await expectGoodRequest();
  });

  it('a client that stalls is told so after the stall limit', async () => {
    const answer = await rawExchange(
      `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: audio/wav\r\nContent-Length: 100000\r\n\r\nRIFF`,
    );
    expect(answer).toContain('HTTP/1.1 408');
    expect(answer).toContain('STT_UPLOAD_STALL_SECONDS');
    expect(running.spooled()).toBe(0);
    await expectGoodRequest();
  });

  it('a client that leaves in the middle of its upload leaves nothing behind', async () => {
    const before = (await metric(running.url, 'stt_cancelled_total')) ?? 0;
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.write(
      `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: audio/wav\r\nContent-Length: 100000\r\n\r\nRIFF`,
    );
    await until(() => running.spooled() === 1);
    socket.destroy();
    await until(() => running.spooled() === 0);
    await until(async () => (await metric(running.url, 'stt_cancelled_total')) === before + 1);
    await expectGoodRequest();
  });

  it('keeps label values bounded, whatever is asked', async () => {
    const series = async () =>
      (await (await fetch(`${running.url}/metrics`)).text()).split('\n').length;
    await fetch(`${running.url}/nothing-0`, { method: 'PROPFIND' });
    const before = await series();
    for (let index = 1; index < 30; index++) {
      await fetch(`${running.url}/nothing-${index}`, { method: 'PROPFIND' });
    }
    expect(await series()).toBe(before);
  });
});

async function expectGoodRequest(): Promise<void> {
  const clip = sample('wav');
  const { status, body } = await upload(running.url, PATH, sampleBytes(clip));
  expect(status).toBe(200);
  expect(words(body.text).split(' ').length).toBeGreaterThan(2);
}

function rawExchange(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.on('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.on('error', reject);
    socket.write(request);
  });
}
