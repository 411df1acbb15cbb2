import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATHS } from '../src/contract.ts';
import type { Problem } from '../src/routes/problem.ts';
import { runService, until } from './running-service.ts';
import type { RunningService } from './running-service.ts';

const ORIGIN = 'https://app.example';
const PATH = PATHS.transcriptionsIsolated;
const MAX_PER_ADDRESS = 3;
const UPLOAD = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: audio/wav\r\nContent-Length: 100000\r\n`;

let running: RunningService;

beforeAll(async () => {
  running = await runService({
    METRICS_PORT: '0',
    STT_CORS_ORIGINS: ORIGIN,
    STT_TRUST_PROXY: '1',
    STT_MAX_CONNECTIONS_PER_ADDRESS: String(MAX_PER_ADDRESS),
    STT_UPLOAD_STALL_SECONDS: '1',
  });
}, 60_000);

afterAll(() => running.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(running.url + path, { headers });

/** Writes as it is told and collects what comes back; `answered` has the first of it. */
function open(request: string, url = running.url) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const first = Promise.withResolvers<string>();
  socket.on('data', (data) => first.resolve(data.toString()));
  socket.on('error', first.reject);
  socket.on('close', () => first.resolve(''));
  socket.write(request);
  return { socket, answered: first.promise };
}

async function exchange(request: string, url?: string): Promise<string> {
  const { socket, answered } = open(request, url);
  const answer = await answered;
  socket.destroy();
  return answer;
}

describe('headers', () => {
  it('of pages keep them out of frames, and their secrets in', async () => {
    for (const path of [PATHS.index, PATHS.docs]) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).toContain("base-uri 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('permissions-policy')).toContain('microphone=()');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    }
  });

  it('of every answer forbid guessing its type and name no server', async () => {
    const paths = [...Object.values(PATHS), `${PATHS.docs}/swagger-ui-bundle.js`, '/nothing'];
    const answers = [
      ...(await Promise.all(paths.map((path) => get(path, { 'X-Forwarded-For': '192.0.2.1' })))),
      await fetch(running.service.metricsUrl + PATHS.metrics),
    ];
    for (const { headers, url } of answers) {
      expect(headers.get('x-content-type-options'), url).toBe('nosniff');
      expect(headers.has('server'), url).toBe(false);
      expect(headers.has('x-powered-by'), url).toBe(false);
    }
  });

  it('of a request are at most some 200, and 16 KiB', async () => {
    const lines = (count: number, size: number) =>
      Array.from({ length: count }, (_, index) => `X-${index}: ${'v'.repeat(size)}\r\n`).join('');
    const ask = (headers: string, url?: string) =>
      exchange(`GET /healthz HTTP/1.1\r\nHost: x\r\n${headers}\r\n`, url);
    expect(await ask(lines(150, 10))).toContain('HTTP/1.1 200');
    for (const url of [running.url, running.service.metricsUrl]) {
      expect(await ask(lines(250, 10), url)).toContain('HTTP/1.1 431');
      expect(await ask(lines(1, 20_000), url)).toContain('HTTP/1.1 431');
    }
  });
});

describe('a request that cannot be read', () => {
  it.each([
    'GET / HTTP/1.1\r\nHost: a b<c\r\n\r\n',
    'GET / HTTP/1.0\r\n\r\n',
    'GET /nothing HTTP/1.0\r\n\r\n',
    `POST ${PATH} HTTP/1.1\r\nHost: a b<c\r\nContent-Length: 3\r\n\r\nabc`,
  ])('for want of a host is told so, and shown no source code: %j', async (request) => {
    const answer = await exchange(request);
    expect(answer).toContain('HTTP/1.1 400');
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain('Host header');
    expect(answer).not.toContain('<html');
  });

  it('is no reason to fail a probe', async () => {
    expect(await exchange('GET /healthz HTTP/1.0\r\n\r\n')).toContain('HTTP/1.1 200');
  });

  it.each([
    'POST /transcriptions HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /transcriptions HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n',
    'GET /healthz HTTP/1.1\r\n\r\n',
  ])('for its framing is refused, lest a proxy reads it otherwise: %j', async (request) => {
    expect(await exchange(request)).toContain('HTTP/1.1 400');
  });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    fetch(running.url + PATH, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    });

  it('answers the preflight of a listed origin, and its errors too', async () => {
    const answer = await preflight(ORIGIN);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('access-control-allow-headers')).toContain('Authorization');
    const refused = await fetch(running.url + PATH, {
      method: 'POST',
      headers: { Origin: ORIGIN },
    });
    expect(refused.status).toBe(415);
    expect(refused.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(refused.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
    expect(refused.headers.get('vary')).toBe('Origin');
  });

  it('leaves every other origin outside', async () => {
    const answer = await preflight('https://evil.example');
    expect(answer.status).toBe(405);
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('an address', () => {
  const from = (address: string) => ({ 'X-Forwarded-For': address });
  const hold = (address: string) => {
    const held = open(`${UPLOAD}X-Forwarded-For: ${address}\r\n\r\nRIFF`);
    return held.socket;
  };

  it('with its share in flight gets 429, while others and probes are served', async () => {
    const spooled = running.spooled();
    const held = Array.from({ length: MAX_PER_ADDRESS }, () => hold('203.0.113.1'));
    await until(() => running.spooled() === spooled + MAX_PER_ADDRESS);
    const refused = await get('/', from('203.0.113.1'));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const problem = (await refused.json()) as Problem;
    expect(problem.code).toBe('rate_limited');
    expect(problem.detail).toContain('STT_MAX_CONNECTIONS_PER_ADDRESS');
    expect((await get('/', from('203.0.113.2'))).status).toBe(200);
    expect((await get(PATHS.readiness, from('203.0.113.1'))).status).toBe(200);
    for (const socket of held) socket.destroy();
    await until(async () => (await get('/', from('203.0.113.1'))).status === 200);
  });

  it('gets its share back however its requests end', async () => {
    const address = '203.0.113.7';
    const ways: (() => Promise<unknown>)[] = [
      () => get('/', from(address)),
      () => get('/nothing', from(address)),
      () => get(`${PATHS.docs}/swagger-ui-bundle.js`, from(address)),
      () => fetch(running.url + PATH, { method: 'POST', headers: from(address) }),
      () => fetch(running.url + PATH, { method: 'OPTIONS', headers: from(address) }),
      () =>
        fetch(running.url + PATH, {
          method: 'OPTIONS',
          headers: { ...from(address), Origin: ORIGIN, 'Access-Control-Request-Method': 'POST' },
        }),
      async () => {
        const socket = hold(address);
        await until(() => running.spooled() === 1);
        socket.destroy();
        await until(() => running.spooled() === 0);
      },
    ];
    for (const way of ways) for (let time = 0; time <= MAX_PER_ADDRESS; time++) await way();
    const stalled = `${UPLOAD}X-Forwarded-For: ${address}\r\n\r\nRIFF`;
    const timeouts = Array.from({ length: MAX_PER_ADDRESS }, () => exchange(stalled));
    expect((await Promise.all(timeouts)).every((answer) => answer.includes(' 408 '))).toBe(true);
    const answers = await Promise.all(
      Array.from({ length: MAX_PER_ADDRESS }, () => get('/', from(address))),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });
});

describe('a connection', () => {
  it('that trickles its upload is told so and ended', async () => {
    const { socket, answered } = open(`${UPLOAD}\r\nRIFF`);
    const trickle = setInterval(() => socket.write('x'), 100);
    const answer = await answered;
    clearInterval(trickle);
    socket.destroy();
    expect(answer).toContain('HTTP/1.1 408');
    expect(answer).toContain('STT_UPLOAD_MIN_BYTES_PER_SECOND');
    expect(running.spooled()).toBe(0);
  });
});
