/** A real service on a real port for tests, and what the tests ask of it. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import type { Problem } from '../src/routes/problem.ts';
import { startService } from '../src/service.ts';
import type { Service } from '../src/service.ts';
import type { Transcript } from '../src/transcription/transcript.ts';

export const SAMPLES = join(import.meta.dirname, '../../samples');

export interface Sample {
  readonly file: string;
  readonly format: string;
  readonly seconds: number;
  readonly text: string;
}

export const MANIFEST = JSON.parse(
  readFileSync(join(SAMPLES, 'manifest.json'), 'utf8'),
) as readonly Sample[];

export function sample(format: string): Sample {
  const found = MANIFEST.find((entry) => entry.format === format);
  if (found === undefined) throw new Error(`samples/ has no ${format}`);
  return found;
}

export function sampleBytes({ file }: Sample): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(SAMPLES, file)));
}

export interface RunningService {
  readonly url: string;
  readonly service: Service;
  /** Every log line so far, as text. */
  readonly log: string[];
  /** Uploads that lie in the spool now. */
  spooled(): number;
  stop(): Promise<void>;
}

/** Starts on a free port with a spool of its own, on the tiny model and one worker unless told otherwise. */
export async function runService(env: Record<string, string> = {}): Promise<RunningService> {
  const directory = mkdtempSync(join(tmpdir(), 'stt-test-'));
  const log: string[] = [];
  const config = readConfig({
    PORT: '0',
    STT_ENGINE: 'moonshine-tiny',
    PROCESS_POOL_SIZE: '1',
    STT_SPOOL_DIR: directory,
    SHUTDOWN_GRACE: '5',
    LOG_LEVEL: 'debug',
    ...env,
  });
  const service = startService(
    config,
    createLog(config.logLevel, { write: (line) => void log.push(line) }),
    'test',
  );
  await service.ready;
  return {
    url: service.url,
    service,
    log,
    spooled: () =>
      readdirSync(directory).flatMap((run) => readdirSync(join(directory, run))).length,
    async stop() {
      await service.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function formWith(
  bytes: Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('audio_file', new Blob([bytes]), 'clip');
  return form;
}

export async function upload(
  url: string,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Transcript & Problem }> {
  const answer = await fetch(url + path, { method: 'POST', body: formWith(bytes, fields) });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Transcript & Problem,
  };
}

/** Words alone, so that punctuation and case do not count. */
export function words(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9' ]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Word error rate: substitutions, insertions and deletions over the words of the reference. */
export function wordErrorRate(reference: string, hypothesis: string): number {
  const expected = words(reference).split(' ');
  const heard = words(hypothesis).split(' ');
  let row = Array.from({ length: heard.length + 1 }, (_, index) => index);
  for (const [at, word] of expected.entries()) {
    const next = [at + 1];
    for (const [column, other] of heard.entries()) {
      next.push(
        Math.min(
          (row[column] ?? 0) + (word === other ? 0 : 1),
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
        ),
      );
    }
    row = next;
  }
  return (row.at(-1) ?? 0) / expected.length;
}

/** Waits until `check` gives a truthy value, for at most `timeoutMs`. */
export async function until<T>(
  check: () => T | Promise<T>,
  timeoutMs = 20_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value) return value as NonNullable<T>;
    if (performance.now() > end)
      throw new Error(`not so after ${timeoutMs} ms: ${check.toString()}`);
    await Bun.sleep(20);
  }
}

/** The value of one series in a Prometheus text, or undefined. */
export async function metric(url: string, series: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
