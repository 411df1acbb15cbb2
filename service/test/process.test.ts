import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sample, sampleBytes, until, upload } from './running-service.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const ISOLATED = '/transcriptions/process-isolated';

const children: Bun.Subprocess[] = [];
const directories: string[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const directory of directories.splice(0))
    rmSync(directory, { recursive: true, force: true });
});

/** `main.ts` as a process of its own, in an empty working directory unless one is given. */
function launch(env: Record<string, string>, files: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'stt-main-'));
  directories.push(directory);
  const writes = Object.entries(files).map(([name, text]) =>
    Bun.write(join(directory, name), text),
  );
  const child = Bun.spawn([process.execPath, '--no-env-file', MAIN], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      STT_ENGINE: 'moonshine-tiny',
      PROCESS_POOL_SIZE: '1',
      STT_SPOOL_DIR: join(directory, 'spool'),
      ...env,
    },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  children.push(child);
  const lines: string[] = [];
  const finished = (async () => {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of child.stdout) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    }
  })();
  const find = (message: string) => lines.find((line) => line.includes(`"msg":"${message}"`));
  return {
    child,
    directory,
    lines,
    finished,
    writes,
    said: (message: string) => until(() => find(message)),
    async ready() {
      const listening = JSON.parse(await until(() => find('listening'))) as { url: string };
      await until(() => find('ready'));
      return listening.url;
    },
  };
}

const slow = { STT_FAULTS: 'slow:1.5s', STT_ALLOW_FAULTS: 'true' };

describe('the process', () => {
  it('finishes what runs on SIGTERM, with readiness false meanwhile, and exits 0', async () => {
    const { child, ready, directory } = launch(slow);
    const url = await ready();
    const answer = upload(url, ISOLATED, sampleBytes(sample('wav')));
    await until(() => readdirSync(join(directory, 'spool')).length > 0 && isBusy(url));
    child.kill('SIGTERM');
    await until(async () => (await fetch(`${url}/readyz`)).status === 503);
    const refused = await upload(url, ISOLATED, sampleBytes(sample('wav')));
    expect(refused.body.code).toBe('shutting_down');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await answer).status).toBe(200);
    expect(await child.exited).toBe(0);
    expect(readdirSync(join(directory, 'spool'))).toEqual([]);
  });

  it('gives up on what takes longer than SHUTDOWN_GRACE', async () => {
    const { child, ready } = launch({ ...slow, STT_FAULTS: 'slow:60s', SHUTDOWN_GRACE: '1' });
    const url = await ready();
    const answer = upload(url, ISOLATED, sampleBytes(sample('wav')));
    await until(() => isBusy(url));
    child.kill('SIGTERM');
    expect((await answer).body).toMatchObject({ status: 503, code: 'shutting_down' });
    expect(await child.exited).toBe(0);
  });

  it('exits at once on the second signal, and no worker outlives it', async () => {
    const { child, ready } = launch({ ...slow, STT_FAULTS: 'slow:60s', SHUTDOWN_GRACE: '60' });
    const url = await ready();
    const pid = await workerPid(url);
    upload(url, ISOLATED, sampleBytes(sample('wav'))).catch(() => undefined);
    await until(() => isBusy(url));
    child.kill('SIGTERM');
    await until(async () => (await fetch(`${url}/readyz`)).status === 503);
    child.kill('SIGINT');
    expect(await child.exited).toBe(130);
    await until(() => !isAlive(pid));
  });

  it('leaves no worker behind when it is killed', async () => {
    const { child, ready } = launch({});
    const pid = await workerPid(await ready());
    child.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });

  it('names every fault of the configuration and does not start', async () => {
    const { child } = launch({ PORT: 'eighty', PROCESS_TIMEOUT: '0' });
    expect(await child.exited).toBe(78);
    const said = await new Response(child.stderr).text();
    expect(said).toContain('PORT=eighty: must be a whole number from 0 to 65535');
    expect(said).toContain('PROCESS_TIMEOUT=0');
  });

  it('names every fault of the key file and does not start', async () => {
    const { child } = launch(
      { STT_API_KEYS_FILE: 'keys' },
      { keys: 'first line\n\nlaptop:no-hash\n' },
    );
    expect(await child.exited).toBe(78);
    const said = await new Response(child.stderr).text();
    expect(said).toContain('2 fault(s)');
    expect(said).toContain('line 1: must be name:sha256');
    expect(said).toContain('line 3: the second field must be 64 hexadecimal digits');
    expect(said).not.toContain('no-hash');
  });

  it('does not start without the key file that it was told of', async () => {
    const { child } = launch({ STT_API_KEYS_FILE: 'nowhere' });
    expect(await child.exited).toBe(78);
    const said = await new Response(child.stderr).text();
    expect(said).toMatch(/There is no key file .*nowhere\. make api-key NAME=… makes one\./);
  });

  it('says which port is taken', async () => {
    const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('taken') });
    const { child, finished, lines } = launch({ PORT: String(other.port) });
    expect(await child.exited).toBe(1);
    await finished;
    expect(lines.join('\n')).toContain(`"port":${other.port}`);
    await other.stop(true);
  });

  it('reads .env in its working directory, and the environment wins over it', async () => {
    const { ready, child } = launch(
      {},
      { '.env': 'STT_ENGINE=moonshine-base\nSTT_MAX_FILE_SIZE_MB=7\nSTT_ENGINEE=typo\n' },
    );
    const url = await ready();
    const state = (await (await fetch(`${url}/status`)).json()) as { engine: string };
    expect(state.engine).toBe('moonshine-tiny');
    const tooLarge = await fetch(url + ISOLATED, {
      method: 'POST',
      headers: { 'content-type': 'audio/wav' },
      body: new Uint8Array(8 * 1024 * 1024),
    });
    expect(await tooLarge.text()).toContain('STT_MAX_FILE_SIZE_MB=7');
    child.kill('SIGKILL');
  });

  it('warns of variables that nothing reads', async () => {
    const { said } = launch({ STT_ENGINEE: 'typo' });
    expect(
      await said('an environment variable that nothing reads; is it spelled right?'),
    ).toContain('STT_ENGINEE');
  });
});

async function workerPid(url: string): Promise<number> {
  const state = (await (await fetch(`${url}/status`)).json()) as {
    pools: Record<string, { workers: { pid: number }[] }>;
  };
  return state.pools['moonshine-tiny']?.workers[0]?.pid ?? 0;
}

async function isBusy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/metrics`);
  return (await answer.text()).includes('stt_pool_workers{state="busy"} 1');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
