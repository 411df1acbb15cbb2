import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FIELDS } from '../../service/src/contract.ts';
import { readClips, runLoad } from './load.ts';
import type { LoadOptions } from './load.ts';

const servers: ReturnType<typeof Bun.serve>[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});
const serving = (answer: (request: Request) => Response | Promise<Response>) => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer });
  servers.push(server);
  return server;
};

const CLIPS = ['a', 'b', 'c'].map((name) => new File([name], `${name}.wav`));
const load = (url: string, changes: Partial<LoadOptions> = {}) =>
  runLoad({
    url,
    clips: CLIPS,
    requests: 7,
    clients: 2,
    maxSeconds: 20,
    over: new AbortController().signal,
    onEnd: () => undefined,
    ...changes,
  });

describe('the load', () => {
  it('sends every request once, each with the clip of its number, no more at a time than clients', async () => {
    const names: string[] = [];
    let running = 0;
    let most = 0;
    const { url } = serving(async (request) => {
      most = Math.max(most, (running += 1));
      const file = (await request.formData()).get(FIELDS.audio);
      names.push(file instanceof File ? file.name : '');
      await Bun.sleep(5);
      running -= 1;
      return Response.json({});
    });
    const ended: number[] = [];
    const records = await load(url.href, { onEnd: ({ number }) => ended.push(number) });
    expect(records.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(records.every(({ outcome, status }) => outcome === 'answered' && status === 200)).toBe(
      true,
    );
    expect(names.toSorted()).toEqual([
      'a.wav',
      'a.wav',
      'a.wav',
      'b.wav',
      'b.wav',
      'c.wav',
      'c.wav',
    ]);
    expect(most).toBe(2);
    expect(ended.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(records.map(({ client }) => client))).toEqual(new Set([1, 2]));
  });

  it('tells an error from a broken connection, and goes on', async () => {
    let count = 0;
    const { url } = serving(() => {
      count += 1;
      if (count === 2) return new Response('no', { status: 503 });
      return Response.json({});
    });
    const records = await load(url.href, { clients: 1, requests: 3 });
    expect(records.map(({ status }) => status)).toEqual([200, 503, 200]);
    expect(records.map(({ outcome }) => outcome)).toEqual(['answered', 'refused', 'answered']);
  });

  it('ends when the service is gone: what was in flight is lost, the others are not sent', async () => {
    const over = new AbortController();
    const server = serving(async () => {
      await server.stop(true);
      over.abort();
      return Response.json({});
    });
    const records = await load(server.url.href, { clients: 1, over: over.signal });
    expect(records).toMatchObject([{ number: 1, outcome: 'lost', status: null }]);
  });

  it('sends nothing after its time', async () => {
    const { url } = serving(async () => {
      await Bun.sleep(100);
      return Response.json({});
    });
    expect(await load(url.href, { maxSeconds: 0.15, clients: 1 })).toHaveLength(2);
  });

  it('sends the recordings of samples/', () => {
    const clips = readClips(join(import.meta.dirname, '../..'));
    expect(clips.map(({ name }) => name)).toContain('train.wav');
    expect(Math.min(...clips.map(({ size }) => size))).toBeGreaterThan(1000);
  });
});
