import { connect } from 'node:net';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY_HEADERS, OPEN_PATHS, PATHS } from '../src/contract.ts';
import { formatKey } from '../src/keys/key-file.ts';
import { createKey, digestOf } from '../src/keys/key.ts';
import { formWith, runService, sample, sampleBytes, until } from './running-service.ts';
import type { RunningService } from './running-service.ts';

const KEYS = { laptop: createKey(), narrow: createKey(), leaves: createKey(), comes: createKey() };
type Name = keyof typeof KEYS;
const WRONG = createKey();
const HASHES = Object.values(KEYS).map((key) => digestOf(key).toString('hex'));

let directory: string;
let running: RunningService;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stt-keys-'));
  writeKeys(fileOf('laptop', 'narrow', 'leaves'));
  running = await runService({ STT_API_KEYS_FILE: join(directory, 'keys') });
}, 60_000);

afterAll(async () => {
  await running.stop();
  rmSync(directory, { recursive: true, force: true });
});

function fileOf(...names: Name[]): string {
  return names
    .map((name) => {
      const limit = name === 'narrow' ? 1 : null;
      return formatKey({ name, sha256: digestOf(KEYS[name]).toString('hex'), limit });
    })
    .join('\n');
}

/** As an editor or Kubernetes would: the new file takes the place of the old one at once. */
function writeKeys(text: string): void {
  writeFileSync(join(directory, 'next'), text);
  renameSync(join(directory, 'next'), join(directory, 'keys'));
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(running.url + path, { method, headers });
const statusWith = async (headers: Record<string, string>) =>
  (await get(PATHS.status, headers)).status;

async function metricOf(series: string): Promise<number | undefined> {
  const text = await (await get(PATHS.metrics, bearer(KEYS.laptop))).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Sends `text` as it is; what came back, and whether the server has closed the connection. */
function rawRequest(text: string) {
  const { hostname, port } = new URL(running.url);
  const socket = connect(Number(port), hostname);
  const state = { answer: '', closed: false };
  socket.on('data', (data) => (state.answer += String(data)));
  socket.on('close', () => (state.closed = true));
  socket.on('error', () => undefined);
  socket.write(text);
  return { state, socket };
}

describe('a key', () => {
  it.each<[string, Record<string, string>]>([
    ['Authorization: Bearer', bearer(KEYS.laptop)],
    ['authorization: bearer', { authorization: `bearer  ${KEYS.laptop} ` }],
    ...KEY_HEADERS.map((name): [string, Record<string, string>] => [name, { [name]: KEYS.laptop }]),
    ['two headers at once', { ...bearer(KEYS.laptop), 'x-api-key': KEYS.laptop }],
    ['a header beside other credentials', { authorization: 'Basic eDp5', 'api-key': KEYS.laptop }],
  ])('is taken as %s', async (_form, headers) => {
    expect(await statusWith(headers)).toBe(200);
  });

  it.each<[string, Record<string, string>, string]>([
    ['is missing', {}, 'carries no key'],
    ['is empty', { ...bearer(''), 'api-key': ' ' }, 'carries no key'],
    ['is for another scheme', { authorization: `Basic ${KEYS.laptop}` }, 'carries no key'],
    ['is nobody’s', bearer(WRONG), 'Nobody has the key'],
    ['is far too long', { 'api-key': KEYS.laptop.padEnd(10_000, 'x') }, 'Nobody has the key'],
    ['is a hash', { 'api-key': HASHES[0] ?? '' }, 'Nobody has the key'],
    [
      'differs between two headers',
      { 'api-key': KEYS.laptop, 'x-api-key': KEYS.narrow },
      'different keys in api-key, X-Api-Key',
    ],
  ])('that %s is answered 401 with a challenge', async (_what, headers, sentence) => {
    const answer = await get(PATHS.status, headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="stt-service"');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const problem = (await answer.json()) as { code: string; detail: string };
    expect(problem.code).toBe('unauthorized');
    expect(problem.detail).toContain(sentence);
  });

  it('is needed on every route there is, but for the probes', async () => {
    const paths = running.service.routes.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(Object.values(PATHS)));
    for (const { method, path } of running.service.routes) {
      const real = path.replace(/[:*]\w*\??/g, 'x');
      const open = OPEN_PATHS.some((probe) => probe === path);
      for (const tried of [method, 'HEAD', 'OPTIONS', 'DELETE']) {
        const { status } = await get(real, {}, tried);
        const answered = open && (tried === 'GET' || tried === 'HEAD');
        expect(status, `${tried} ${path}`).toBe(answered ? 200 : 401);
        expect((await get(real, bearer(KEYS.laptop), tried)).status).not.toBe(401);
      }
    }
  });

  it('is needed to learn that a path does not exist', async () => {
    for (const path of ['/nothing', '/healthz/x', '/%68ealthz']) {
      expect((await get(path)).status, path).toBe(401);
      expect((await get(path, bearer(KEYS.laptop))).status, path).toBe(404);
    }
  });

  it.each([
    ['POST', '/healthz?/transcriptions', 'x'],
    ['HEAD', '/healthz?/metrics', 'x'],
    ['POST', '/healthz?/transcriptions', 'localhost:8000'],
    ['GET', '/metrics', 'x/healthz?'],
    ['GET', '/metrics', 'x/healthz#'],
    ['GET', '/metrics', ''],
    ['GET', '/metrics?/healthz', 'x'],
    ['GET', '/metrics#/healthz', 'x'],
    ['GET', '/metrics/../healthz', 'x'],
    ['GET', '/healthz/../metrics', 'x'],
    ['GET', '/healthz/%2e%2e/metrics', 'x'],
    ['GET', '//healthz', 'x'],
    ['GET', 'http://x/metrics', 'y/healthz?'],
  ])('is needed however the path is written: %s %s of %j', async (method, target, host) => {
    const { state } = rawRequest(
      `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    await until(() => state.closed);
    expect(state.answer).toMatch(/^HTTP\/1\.1 (400|401|404) |\{"status":"ok"\}$/);
  });

  it('is not needed by a probe without a host, as load balancers send it', async () => {
    const { state } = rawRequest('GET /healthz HTTP/1.0\r\n\r\n');
    await until(() => state.closed);
    expect(state.answer).toContain(' 200 OK');
  });

  it('is asked for before a byte of the body', async () => {
    for (const headers of ['', `X-Api-Key: ${WRONG}\r\n`]) {
      const { state } = rawRequest(
        `POST ${PATHS.transcriptions} HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: 104857600\r\n\r\n`,
      );
      await until(() => state.closed);
      expect(state.answer).toContain(' 401 Unauthorized');
      expect(running.spooled()).toBe(0);
    }
  });

  it('is described in the OpenAPI document in all its forms, where one is needed', async () => {
    const document = (await (await get(PATHS.openapi, bearer(KEYS.laptop))).json()) as {
      components: { securitySchemes: Record<string, object> };
      security: object[];
      paths: Record<string, Record<string, { security?: object[] }>>;
    };
    expect(document.components.securitySchemes).toEqual({
      Authorization: { type: 'http', scheme: 'bearer' },
      'api-key': { type: 'apiKey', in: 'header', name: 'api-key' },
      'Ocp-Apim-Subscription-Key': {
        type: 'apiKey',
        in: 'header',
        name: 'Ocp-Apim-Subscription-Key',
      },
      'X-Api-Key': { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
    });
    expect(document.security).toHaveLength(4);
    expect(document.paths[PATHS.liveness]?.['get']?.security).toEqual([]);
    expect(document.paths[PATHS.status]?.['get']?.security).toBeUndefined();
  });
});

describe('the limit of a key', () => {
  const narrow = bearer(KEYS.narrow);
  const holdUpload = () =>
    rawRequest(
      `POST ${PATHS.transcriptions} HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${KEYS.narrow}\r\n` +
        'Content-Type: audio/wav\r\nContent-Length: 1000\r\n\r\n',
    );

  it('is its requests in flight: one more is answered 429, and other keys go on', async () => {
    const { socket } = holdUpload();
    const answer = await until(async () => {
      const tried = await get(PATHS.status, narrow);
      return tried.status === 429 ? tried : null;
    });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({
      code: 'rate_limited',
      detail: expect.stringContaining('The key narrow may have 1 request(s) in flight'),
    });
    expect(await statusWith(bearer(KEYS.laptop))).toBe(200);
    socket.destroy();
    await until(async () => (await statusWith(narrow)) === 200);
  });

  it('is never in the way of who waits for each answer, be it good or bad', async () => {
    const clip = sampleBytes(sample('wav'));
    const statuses: number[] = [];
    const send = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(running.url + path, { ...init, headers: narrow });
      await answer.arrayBuffer();
      statuses.push(answer.status);
    };
    for (let round = 0; round < 20; round += 1) {
      await send(PATHS.status);
      await send('/nothing');
      await send(PATHS.transcriptions, { method: 'POST', body: 'no audio' });
      await send(PATHS.docs, { method: 'HEAD' });
      await send('/docs/swagger-ui.css');
    }
    await send(PATHS.transcriptionsIsolated, { method: 'POST', body: formWith(clip) });
    await send(PATHS.status);
    expect(statuses.slice(0, 5)).toEqual([200, 404, 415, 200, 200]);
    expect(statuses.slice(-2)).toEqual([200, 200]);
    expect(statuses).not.toContain(429);
  });
});

it('log and metrics name a key and never show it', async () => {
  await statusWith(bearer(KEYS.laptop));
  await statusWith(bearer(WRONG));
  await statusWith({});
  const line = await until(() => running.log.find((entry) => entry.includes('"route":"/status"')));
  expect(JSON.parse(line)).toMatchObject({ key: expect.stringMatching(/^(laptop|narrow)$/) });
  for (const series of [
    'stt_keys',
    'stt_key_requests_total{key="laptop",outcome="accepted"}',
    'stt_key_requests_total{key="narrow",outcome="limited"}',
    'stt_key_requests_total{key="none",outcome="unauthorized"}',
    'stt_key_requests_total{key="unknown",outcome="unauthorized"}',
    'stt_http_requests_total{route="unmatched",method="GET",status="401"}',
  ]) {
    expect(await metricOf(series), series).toBeGreaterThan(0);
  }
  const metrics = await (await get(PATHS.metrics, bearer(KEYS.laptop))).text();
  const written = running.log.join('') + metrics;
  for (const secret of [...Object.values(KEYS), WRONG, ...HASHES]) {
    expect(written).not.toContain(secret);
  }
});

it('keys change under load without one wrong answer', async () => {
  const wrong: string[] = [];
  let asked = 0;
  const stop = new AbortController();
  // After twenty wrong keys in a minute further ones are answered 429.
  const refused = [401, 429];
  const ask = async (key: string, expected: readonly number[]) => {
    while (!stop.signal.aborted) {
      const status = await statusWith(bearer(key));
      asked += 1;
      if (!expected.includes(status)) wrong.push(`${status} instead of ${expected.join(' or ')}`);
    }
  };
  const load = Array.from({ length: 3 }, () => [
    ask(KEYS.laptop, [200]),
    ask(WRONG, refused),
  ]).flat();
  const reloads = (outcome: string) => metricOf(`stt_key_file_reloads_total{outcome="${outcome}"}`);
  const leavers = 'stt_key_requests_total{key="leaves",outcome="accepted"}';

  expect(await statusWith(bearer(KEYS.leaves))).toBe(200);
  expect(refused).toContain(await statusWith(bearer(KEYS.comes)));
  expect(await metricOf(leavers)).toBe(1);
  writeKeys(fileOf('laptop', 'narrow', 'comes'));
  await until(async () => (await reloads('loaded')) === 1);
  expect(refused).toContain(await statusWith(bearer(KEYS.leaves)));
  expect(await statusWith(bearer(KEYS.comes))).toBe(200);
  expect(await metricOf(leavers)).toBeUndefined();

  writeKeys(`${fileOf('laptop', 'narrow', 'leaves')}\nnonsense`);
  await until(async () => (await reloads('failed')) === 1);
  expect(refused).toContain(await statusWith(bearer(KEYS.leaves)));
  expect(await statusWith(bearer(KEYS.comes))).toBe(200);
  expect(running.log.filter((line) => line.includes('the key file is broken'))).toHaveLength(1);

  writeKeys(fileOf('laptop', 'narrow', 'leaves'));
  await until(async () => (await reloads('loaded')) === 2);
  expect(await statusWith(bearer(KEYS.leaves))).toBe(200);
  expect(refused).toContain(await statusWith(bearer(KEYS.comes)));

  stop.abort();
  await Promise.all(load);
  expect(asked).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

describe('without workers', () => {
  const light = { ENABLE_PROCESS_ISOLATED: 'false' };
  const warnings = ({ log }: RunningService) => log.filter((line) => line.includes('NO API KEYS'));

  it('metrics and status on their own port need no key, and the main port goes on needing one', async () => {
    const own = await runService({
      ...light,
      METRICS_PORT: '0',
      STT_API_KEYS_FILE: join(directory, 'keys'),
    });
    for (const path of [PATHS.metrics, PATHS.status]) {
      expect((await fetch(own.service.metricsUrl + path)).status).toBe(200);
      expect((await fetch(own.url + path)).status).toBe(401);
      expect((await fetch(own.url + path, { headers: bearer(KEYS.laptop) })).status).toBe(404);
    }
    await own.stop();
  });

  it.each([
    ['0.0.0.0', 1],
    ['127.0.0.1', 0],
  ])('and without keys the service on %s warns %i time(s)', async (host, times) => {
    const own = await runService({ ...light, HOST: host });
    expect(warnings(own)).toHaveLength(times);
    expect(warnings(own).every((line) => line.includes('make api-key'))).toBe(true);
    expect((await fetch(own.url + PATHS.status)).status).toBe(200);
    await own.stop();
  });

  it('a file without a key lets nobody in, and says so', async () => {
    const empty = join(directory, 'empty');
    writeFileSync(empty, '# nobody yet\n');
    const own = await runService({ ...light, STT_API_KEYS_FILE: empty });
    expect(own.log.join('')).toContain('the key file holds no key');
    expect((await fetch(own.url + PATHS.status, { headers: bearer(WRONG) })).status).toBe(401);
    expect((await fetch(own.url + PATHS.readiness)).status).toBe(200);
    await own.stop();
  });
});
