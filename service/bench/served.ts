/** A real service in a process of its own, as a benchmark's client sees it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PATHS } from '../src/contract.ts';
import type { Clip } from './clips.ts';

export interface Served {
  readonly url: string;
  /** Milliseconds from the start of the process to the first 200 of `/readyz`. */
  readonly readyMs: number;
  /** Milliseconds of one upload to the isolated endpoint, client's wall time. */
  transcribe(clip: Clip, headers?: Record<string, string>): Promise<number>;
  /** Resident bytes of the server process, workers not counted. */
  parentBytes(): number;
  stop(): Promise<void>;
}

let nextPort = 18_700;

export async function serve(env: Record<string, string>): Promise<Served> {
  const directory = mkdtempSync(join(tmpdir(), 'stt-bench-'));
  const port = (nextPort += 1);
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const child = Bun.spawn(
    [process.execPath, '--no-env-file', join(import.meta.dirname, '../src/main.ts')],
    {
      cwd: directory,
      env: {
        PATH: process.env['PATH'] ?? '',
        PORT: String(port),
        STT_SPOOL_DIR: join(directory, 'spool'),
        LOG_LEVEL: 'warn',
        ...env,
      },
      stdout: 'inherit',
      stderr: 'inherit',
    },
  );
  while (!(await fetch(url + PATHS.readiness).catch(() => null))?.ok) {
    if (child.exitCode !== null) throw new Error(`the service ended with code ${child.exitCode}`);
    await Bun.sleep(5);
  }
  const readyMs = performance.now() - startedAt;
  const bodies = new Map<string, File>();
  return {
    url,
    readyMs,
    async transcribe(clip, headers = {}) {
      const file =
        bodies.get(clip.path) ?? new File([readFileSync(clip.path)], basename(clip.path));
      bodies.set(clip.path, file);
      const form = new FormData();
      form.set('audio_file', file);
      const sentAt = performance.now();
      const answer = await fetch(url + PATHS.transcriptionsIsolated, {
        method: 'POST',
        body: form,
        headers,
      });
      const body = await answer.text();
      if (!answer.ok) throw new Error(`${answer.status}: ${body}`);
      return performance.now() - sentAt;
    },
    parentBytes: () => residentBytes(child.pid),
    async stop() {
      child.kill('SIGTERM');
      await child.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
