/** The service of an image as a process of this machine: waited for, asked, ended. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FIELDS, PATHS } from '../../service/src/contract.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
const READY_MS = 60_000;
const END_MS = 30_000;
const POLL_MS = 5;

export interface StartOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** On 127.0.0.1. */
  readonly port: number;
}

export interface Started {
  /** From the start of the process to the first good answer of the readiness probe. */
  readonly readyMs: number;
  readonly url: string;
  /** Uploads a clip of samples/; the route is the isolated one. */
  transcribe(file: string, fields?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends SIGTERM; resolves with the exit code, killed after 30 s. */
  stop(): Promise<number>;
  /** What it wrote so far. */
  written(): string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Rejects with what the process wrote when it ends or dawdles before it is ready. */
export async function startService({ command, cwd, env, port }: StartOptions): Promise<Started> {
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = Bun.spawn([...command], {
    cwd,
    env,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let text = '';
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  };
  const over = Promise.all([read(child.stdout), read(child.stderr), child.exited]);
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    const [, , code] = await over;
    clearTimeout(timer);
    return code;
  };
  while (!(await isReady(url))) {
    const waited = performance.now() - begun;
    if (child.exitCode !== null || child.signalCode !== null || waited > READY_MS) {
      await stop();
      throw new Error(
        `${command.join(' ')} was not ready after ${Math.round(waited)} ms:\n${text}`,
      );
    }
    await Bun.sleep(POLL_MS);
  }
  return {
    readyMs: performance.now() - begun,
    url,
    stop,
    written: () => text,
    async transcribe(file, fields = {}) {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set(FIELDS.audio, new Blob([readFileSync(join(SAMPLES, file))]), file);
      const answer = await fetch(url + PATHS.transcriptionsIsolated, {
        method: 'POST',
        body: form,
      });
      const body = (await answer.json()) as { text?: string; detail?: string };
      return { status: answer.status, text: body.text ?? body.detail ?? '' };
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(url + PATHS.readiness).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.ok ?? false;
}

/** A port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(port));
  });
  return promise;
}
