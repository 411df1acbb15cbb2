import { afterEach, describe, expect, it } from 'vitest';
import { requireReady } from './preflight.ts';

let server: ReturnType<typeof Bun.serve> | null = null;

afterEach(async () => {
  await server?.stop(true);
  server = null;
});

function answering(answer: () => Response): string {
  server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer });
  return `http://127.0.0.1:${server.port}`;
}

describe('before a load test', () => {
  it('the service must be ready', async () => {
    await requireReady(answering(() => Response.json({ status: 'ready' })));
  });

  it('a service that is not says why', async () => {
    const service = answering(() => Response.json({ detail: 'No worker yet.' }, { status: 503 }));
    await expect(requireReady(service)).rejects.toThrow('is not ready (503: No worker yet.)');
  });

  it('another server is told apart', async () => {
    const other = answering(() => new Response('<html>'));
    await expect(requireReady(other)).rejects.toThrow('is no service of ours');
  });

  it('nobody there is said with what to do', async () => {
    const baseUrl = answering(() => new Response(''));
    await server?.stop(true);
    await expect(requireReady(baseUrl)).rejects.toThrow(/Nothing answers on .* make start/);
  });
});
