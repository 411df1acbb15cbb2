import { Elysia } from 'elysia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInFlight } from '../keys/in-flight.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { handleErrors } from './error-handler.ts';
import { requireKey } from './require-key.ts';

const KEY = { name: 'laptop', sha256: '', limit: null };

/** One client that has tried too many wrong keys when `wait` says so. */
let wait: number | null;
let told: string[];
let app: Elysia;
let url: string;

beforeEach(() => {
  wait = null;
  told = [];
  app = new Elysia();
  requireKey(app, {
    verify: (presented) => (presented === 'right' ? KEY : null),
    inFlight: createInFlight(),
    metrics: createMetrics(),
    failures: {
      blocked: () => wait,
      failed: () => void told.push('failed'),
      succeeded: () => void told.push('succeeded'),
    },
  });
  handleErrors(app, createLog('silent'));
  app.get('/', () => 'in').listen({ hostname: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${app.server?.port}/`;
});

afterEach(() => app.stop(true));

const ask = (key?: string) => fetch(url, { headers: key === undefined ? {} : { 'api-key': key } });

describe('who tries keys', () => {
  it('is told of, for wrong keys and right ones, and not for none', async () => {
    expect((await ask('wrong')).status).toBe(401);
    expect((await ask()).status).toBe(401);
    expect((await ask('right')).status).toBe(200);
    expect(told).toEqual(['failed', 'succeeded']);
  });

  it('is answered 429 with the time to wait while blocked', async () => {
    wait = 7;
    const answer = await ask('wrong');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toMatchObject({ code: 'rate_limited' });
    expect(told).toEqual([]);
  });

  it('keeps nobody out who shares the address and has a right key', async () => {
    wait = 7;
    expect((await ask('right')).status).toBe(200);
    expect((await ask()).status).toBe(401);
  });
});
