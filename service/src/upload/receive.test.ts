import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { receiveUpload } from './receive.ts';
import { openSpool } from './spool.ts';
import type { Spool } from './spool.ts';

const LIMITS = { stallMs: 300, minBytesPerSecond: 1000, maxBytes: 1024 * 1024 };

let directory: string;
let spool: Spool;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-receive-'));
  spool = openSpool({ directory, maxBytes: 2 * LIMITS.maxBytes });
});

afterEach(() => {
  spool.close();
  rmSync(directory, { recursive: true, force: true });
});

function bodyOf(request: Request) {
  return {
    stream: request.body,
    contentType: request.headers.get('content-type'),
    contentLength: request.headers.get('content-length'),
    query: new URL(request.url).searchParams,
  };
}

function multipart(parts: readonly (readonly [string, string | Blob, string?])[]) {
  const form = new FormData();
  for (const [name, value, fileName] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, fileName ?? 'clip.wav');
  }
  return bodyOf(new Request('http://localhost/', { method: 'POST', body: form }));
}

function raw(text: string, headers: Record<string, string>) {
  return bodyOf(new Request('http://localhost/', { method: 'POST', body: text, headers }));
}

const FILE_HEADER = 'Content-Disposition: form-data; name="audio_file"; filename="a"\r\n';

/** One part with these header lines. */
function formUnder(headers: string) {
  return raw(`--b\r\n${headers}\r\nabc\r\n--b--\r\n`, {
    'content-type': 'multipart/form-data; boundary=b',
  });
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${String(error)}`);
  return error.code;
}

function spooled(): number {
  return readdirSync(directory).flatMap((run) => readdirSync(join(directory, run))).length;
}

describe('an upload', () => {
  it('arrives byte for byte in a file that only we can read, with its fields', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(65_000));
    const upload = await receiveUpload(
      multipart([
        ['language', 'en'],
        ['audio_file', new Blob([bytes])],
      ]),
      spool,
      LIMITS,
    );
    expect(new Uint8Array(readFileSync(upload.file.path))).toEqual(bytes);
    expect(statSync(upload.file.path).mode & 0o777).toBe(0o600);
    expect(upload.file.bytes).toBe(65_000);
    expect([...upload.file.head]).toEqual([...bytes.subarray(0, 32)]);
    expect(upload.fields.get('language')).toBe('en');
    expect(spool.usage).toMatchObject({ files: 1, bytes: 65_000 });
    await upload.file.remove();
    expect(spool.usage).toMatchObject({ files: 0, bytes: 0 });
    expect(spooled()).toBe(0);
  });

  it('may name its part "file" too', async () => {
    const upload = await receiveUpload(multipart([['file', new Blob(['abc'])]]), spool, LIMITS);
    expect(upload.file.bytes).toBe(3);
    await upload.file.remove();
  });

  it('may be the raw body, with its options in the query', async () => {
    const request = new Request('http://localhost/?language=en-GB', {
      method: 'POST',
      body: 'raw audio',
      headers: { 'content-type': 'audio/wav' },
    });
    const upload = await receiveUpload(bodyOf(request), spool, LIMITS);
    expect(readFileSync(upload.file.path, 'utf8')).toBe('raw audio');
    expect(upload.fields.get('language')).toBe('en-GB');
    await upload.file.remove();
  });

  const bad: readonly [string, string, () => ReturnType<typeof multipart>][] = [
    ['without a file part', 'missing_file', () => multipart([['language', 'en']])],
    [
      'with a file part of another name',
      'missing_file',
      () => multipart([['sound', new Blob(['x'])]]),
    ],
    ['with text in place of the file', 'missing_file', () => multipart([['audio_file', 'text']])],
    [
      'with two files',
      'invalid_request',
      () =>
        multipart([
          ['audio_file', new Blob(['a'])],
          ['file', new Blob(['b'])],
        ]),
    ],
    [
      'with a field given twice',
      'invalid_request',
      () =>
        multipart([
          ['language', 'en'],
          ['language', 'de'],
          ['audio_file', new Blob(['a'])],
        ]),
    ],
    ['with a huge field', 'invalid_parameter', () => multipart([['language', 'x'.repeat(10_000)]])],
    [
      'with too many fields',
      'invalid_request',
      () => multipart(Array.from({ length: 30 }, (_, index) => [`field${index}`, 'x'] as const)),
    ],
    ['with a field of a huge name', 'invalid_parameter', () => multipart([['n'.repeat(500), 'x']])],
    [
      'with a part under a huge header',
      'missing_file',
      () => formUnder(`X-A: ${'a'.repeat(8000)}\r\n${FILE_HEADER}`),
    ],
    [
      'with a part under a heap of headers',
      'missing_file',
      () => formUnder(`${'X-A: a\r\n'.repeat(100)}${FILE_HEADER}`),
    ],
    [
      'of another type',
      'unsupported_media',
      () => raw('{}', { 'content-type': 'application/json' }),
    ],
    [
      'without a boundary',
      'invalid_request',
      () => raw('x', { 'content-type': 'multipart/form-data' }),
    ],
    [
      'that ends in the middle of a part',
      'invalid_request',
      () =>
        raw('--b\r\nContent-Disposition: form-data; name="audio_file"; filename="a"\r\n\r\nabc', {
          'content-type': 'multipart/form-data; boundary=b',
        }),
    ],
    [
      'over the limit',
      'audio_too_large',
      () => multipart([['audio_file', new Blob([new Uint8Array(LIMITS.maxBytes + 1)])]]),
    ],
    [
      'over the limit as a raw body',
      'audio_too_large',
      () => raw('x'.repeat(LIMITS.maxBytes + 1), { 'content-type': 'audio/wav' }),
    ],
    [
      'that announces more than the limit',
      'audio_too_large',
      () => ({ ...raw('x', { 'content-type': 'audio/wav' }), contentLength: '5000000000' }),
    ],
  ];
  for (const [what, code, make] of bad) {
    it(`${what} is refused as ${code} and leaves nothing behind`, async () => {
      expect(await codeOf(receiveUpload(make(), spool, LIMITS))).toBe(code);
      expect(spooled()).toBe(0);
      expect(spool.usage).toMatchObject({ files: 0, bytes: 0 });
    });
  }

  it('is stopped at the limit while it arrives, not after', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 64 * 1024;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    const body = {
      ...raw('', { 'content-type': 'audio/wav' }),
      stream: endless,
      contentLength: null,
    };
    expect(await codeOf(receiveUpload(body, spool, LIMITS))).toBe('audio_too_large');
    expect(sent).toBeLessThan(LIMITS.maxBytes + 256 * 1024);
    expect(spooled()).toBe(0);
  });

  it('that goes silent is given up after the stall limit', async () => {
    const silent = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(10));
      },
    });
    const body = {
      ...raw('', { 'content-type': 'audio/wav' }),
      stream: silent,
      contentLength: null,
    };
    expect(await codeOf(receiveUpload(body, spool, LIMITS))).toBe('upload_timeout');
    expect(spooled()).toBe(0);
  });

  it('that trickles is given up, however much came fast before', async () => {
    let sent = 0;
    const trickle = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (sent > 0) await Bun.sleep(20);
        controller.enqueue(new Uint8Array(sent === 0 ? 512 * 1024 : 1));
        sent += 1;
      },
    });
    const body = {
      ...raw('', { 'content-type': 'audio/wav' }),
      stream: trickle,
      contentLength: null,
    };
    const error = await receiveUpload(body, spool, LIMITS).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'upload_timeout' });
    expect((error as AppError).message).toContain('STT_UPLOAD_MIN_BYTES_PER_SECOND');
    expect(sent).toBeLessThan(100);
    expect(spooled()).toBe(0);
  });

  it('that is slow but keeps the pace arrives', async () => {
    let sent = 0;
    const slow = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await Bun.sleep(20);
        sent += 1;
        if (sent > 50) controller.close();
        else controller.enqueue(new Uint8Array(200));
      },
    });
    const body = { ...raw('', { 'content-type': 'audio/wav' }), stream: slow, contentLength: null };
    const { file } = await receiveUpload(body, spool, LIMITS);
    expect(file.bytes).toBe(10_000);
    await file.remove();
  });

  it('whose client leaves is given up', async () => {
    const torn = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new DOMException('The connection was closed.', 'AbortError'));
      },
    });
    const body = { ...raw('', { 'content-type': 'audio/wav' }), stream: torn, contentLength: null };
    expect(await codeOf(receiveUpload(body, spool, LIMITS))).toBe('client_closed_request');
    expect(spooled()).toBe(0);
  });
});

describe('the spool', () => {
  it('refuses more bytes than its cap over all uploads, and takes them again once one is removed', async () => {
    const megabyte = () => multipart([['audio_file', new Blob([new Uint8Array(LIMITS.maxBytes)])]]);
    const first = await receiveUpload(megabyte(), spool, LIMITS);
    const second = await receiveUpload(megabyte(), spool, LIMITS);
    expect(await codeOf(receiveUpload(megabyte(), spool, LIMITS))).toBe('storage_full');
    await first.file.remove();
    const third = await receiveUpload(megabyte(), spool, LIMITS);
    await second.file.remove();
    await third.file.remove();
    expect(spool.usage).toMatchObject({ files: 0, bytes: 0 });
  });

  it('sweeps what a dead predecessor left, and leaves a living neighbour alone', async () => {
    const neighbour = await receiveUpload(
      multipart([['audio_file', new Blob(['x'])]]),
      spool,
      LIMITS,
    );
    const dead = Bun.spawnSync([process.execPath, '-e', 'console.log(process.pid)']);
    const pid = dead.stdout.toString().trim();
    const left = join(directory, `run-${pid}-123-${crypto.randomUUID()}`);
    const reused = join(directory, `run-${process.pid}-123-${crypto.randomUUID()}`);
    await Bun.write(join(left, 'upload'), 'left behind');
    await Bun.write(join(reused, 'upload'), 'left behind by an older process with our pid');
    const successor = openSpool({ directory, maxBytes: 1 });
    expect(readdirSync(directory)).toHaveLength(2);
    expect(readFileSync(neighbour.file.path, 'utf8')).toBe('x');
    successor.close();
    await neighbour.file.remove();
  });
});
