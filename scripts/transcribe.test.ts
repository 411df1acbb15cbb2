import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLIP = join(import.meta.dirname, '../samples/train.wav');

let directory: string;
let server: ReturnType<typeof Bun.serve>;
let file: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-transcribe-'));
  file = join(directory, 'env.remote');
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const key = request.headers.get('authorization') ?? 'none';
      const audio = (await request.formData()).get('audio_file') as File;
      if (key.endsWith('wrong')) return Response.json({ detail: 'Who are you?' }, { status: 401 });
      return Response.json({ text: `${key}, ${audio.size} bytes` });
    },
  });
  writeFileSync(file, `BASE_URL=http://127.0.0.1:${server.port}/\nAPI_KEY=stt_remote\n`);
});
afterAll(async () => {
  await server.stop(true);
  rmSync(directory, { recursive: true, force: true });
});

async function transcribe(env: Record<string, string>, clip = CLIP) {
  const child = Bun.spawn(
    [process.execPath, '--no-env-file', join(import.meta.dirname, 'transcribe.ts'), clip],
    {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdout: 'pipe',
      stderr: 'pipe',
    },
  );
  const [exitCode, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { exitCode, out, err };
}

describe('make transcribe', () => {
  it('takes address and key of the service on Azure from env.remote', async () => {
    const { out } = await transcribe({ TARGET: 'azure', ENV_REMOTE: file });
    expect(out).toMatch(/^Bearer stt_remote, \d{5,} bytes\n$/);
  });

  it('lets the environment win', async () => {
    const { out } = await transcribe({ TARGET: 'azure', ENV_REMOTE: file, API_KEY: 'stt_mine' });
    expect(out).toContain('Bearer stt_mine');
  });

  it('says what to type where nothing is deployed', async () => {
    const { exitCode, err } = await transcribe({
      TARGET: 'azure',
      ENV_REMOTE: join(directory, 'none'),
    });
    expect([exitCode, err]).toEqual([
      1,
      expect.stringContaining('make provision, then make deploy-azure'),
    ]);
  });

  it('says that nothing answers, and that a key is wrong', async () => {
    const gone = await transcribe({
      TARGET: 'azure',
      ENV_REMOTE: file,
      BASE_URL: 'http://127.0.0.1:9',
    });
    expect(gone.err).toContain(
      'Nothing answers on http://127.0.0.1:9. It is the address of env.remote',
    );
    const wrong = await transcribe({ TARGET: 'azure', ENV_REMOTE: file, API_KEY: 'wrong' });
    expect(wrong.err).toContain('401: Who are you?');
  });

  it('goes to the local service without a target, and knows no other', async () => {
    const local = await transcribe({ PORT: String(server.port) });
    expect(local.out).toMatch(/^none, /);
    const other = await transcribe({ TARGET: 'moon' });
    expect(other.err).toContain('TARGET=moon cannot be');
  });
});
