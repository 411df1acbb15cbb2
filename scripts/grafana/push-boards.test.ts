import { afterEach, describe, expect, it } from 'vitest';
import { distBoards, GrafanaError, pushBoards } from './push-boards.ts';

interface Asked {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: { readonly dashboard?: { readonly uid: string; readonly id: unknown } };
}

let server: ReturnType<typeof Bun.serve> | undefined;
afterEach(() => server?.stop(true));

/** Answers as Grafana does; `statusOf` may have it refuse. */
function grafana(statusOf: (path: string) => number = () => 200) {
  const asked: Asked[] = [];
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const path = new URL(request.url).pathname;
      const body = (await request.json()) as Asked['body'];
      asked.push({ path, authorization: request.headers.get('authorization'), body });
      const status = statusOf(path);
      if (status !== 200) {
        return new Response('{"message":"no"}', { status, headers: { location: '/login' } });
      }
      return Response.json({ url: `/d/${body.dashboard?.uid}/x` });
    },
  });
  return { asked, url: server.url.origin };
}

const fault = async (url: string) =>
  pushBoards({ url, authorization: 'Bearer x' }, distBoards()).then(
    () => 'none',
    (error: unknown) => {
      expect(error).toBeInstanceOf(GrafanaError);
      return (error as Error).message;
    },
  );

describe('pushing boards', () => {
  it('makes the folder, then replaces each board of dist under its uid', async () => {
    const { asked, url } = grafana();
    const boards = distBoards();
    const addresses = await pushBoards({ url, authorization: 'Bearer t' }, boards);
    expect(boards.length).toBeGreaterThan(3);
    expect(addresses).toEqual(boards.map(({ uid }) => `${url}/d/${uid}/x`));
    expect(asked[0]?.path).toBe('/api/folders');
    expect(asked.slice(1).map(({ body }) => body)).toEqual(
      boards.map((board) => ({
        dashboard: { ...board, id: null },
        folderUid: 'stt',
        overwrite: true,
      })),
    );
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer t']));
  });

  it.each([409, 412])('goes on where the folder is there already (%s)', async (status) => {
    const { asked, url } = grafana((path) => (path === '/api/folders' ? status : 200));
    expect(await fault(url)).toBe('none');
    expect(asked.length).toBe(distBoards().length + 1);
  });

  it.each([
    [401, 'does not know who asks (401)'],
    [302, 'does not know who asks (302)'],
    [403, 'the role Editor or Admin is needed'],
    [500, 'refused the folder Speech to text: 500 {"message":"no"}'],
  ])('stops at %s with a sentence', async (status, sentence) => {
    const { asked, url } = grafana(() => status);
    expect(await fault(url)).toContain(sentence);
    expect(asked).toHaveLength(1);
  });

  it('says that nobody answers', async () => {
    const { url } = grafana();
    await server?.stop(true);
    expect(await fault(url)).toContain('Grafana does not answer on');
  });
});
