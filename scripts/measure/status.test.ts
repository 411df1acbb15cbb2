import { afterEach, describe, expect, it } from 'vitest';
import { parseStatus, readStatus } from './status.ts';

const servers: ReturnType<typeof Bun.serve>[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

const serving = (answer: (request: Request) => Response | Promise<Response>) => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer });
  servers.push(server);
  return `http://127.0.0.1:${server.port}/status`;
};

const pool = (memory: number | null) => ({
  workers: [{ memory_bytes: memory }, { memory_bytes: 100 }],
  states: { busy: 1 },
  queue: { depth: 3 },
  counters: { recycles: { tasks: 2, memory: 4 }, crashes: { SIGKILL: 1, SIGSEGV: 1 } },
});
const status = (pools: unknown) => ({ memory: { parent_bytes: 50 }, pools });

describe('the status of a service', () => {
  it('is summed over workers, reasons and pools', async () => {
    const url = serving(() => Response.json(status({ one: pool(300), other: pool(null) })));
    expect(await readStatus(url)).toEqual({
      parentBytes: 50,
      workersBytes: 500,
      workers: 4,
      busy: 2,
      queueDepth: 6,
      recycles: 12,
      crashes: 4,
    });
  });

  it('has no workers where there is no pool', () => {
    expect(parseStatus(JSON.stringify(status({})))).toMatchObject({ workers: 0, parentBytes: 50 });
  });

  it('is asked for with the key that is given', async () => {
    const url = serving((request) =>
      request.headers.get('api-key') === 'k'
        ? Response.json(status({}))
        : new Response('no', { status: 401 }),
    );
    expect((await readStatus(url, { 'api-key': 'k' })).parentBytes).toBe(50);
    await expect(readStatus(url)).rejects.toThrow(/answered 401: it needs a key/);
  });

  it.each(['<html>hello</html>', '{}', '[]', 'null', JSON.stringify(status({ one: {} }))])(
    'is refused where it is something else: %s',
    async (body) => {
      const url = serving(() => new Response(body));
      await expect(readStatus(url)).rejects.toMatchObject({
        name: 'Refusal',
        message: expect.stringContaining(`${url} answered 200 with something else`),
      });
    },
  );

  it('is not read to the end where it has none', async () => {
    const piece = new Uint8Array(64 * 1024).fill(120);
    const url = serving(
      () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(piece) })),
    );
    await expect(readStatus(url)).rejects.toThrow(/something else/);
  });

  it('is not waited for longer than it is said, nor sought where nobody listens', async () => {
    const url = serving(() => new Promise<Response>(() => undefined));
    await expect(readStatus(url, {}, 50)).rejects.toThrow(/does not answer within 50 ms/);
    await servers.splice(0)[0]?.stop(true);
    await expect(readStatus(url, {}, 500)).rejects.toThrow(/Is the service running\?/);
  });
});
