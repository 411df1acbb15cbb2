/** Requests that clients send to the service, good and bad, each with a bounded wait for its answer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIELDS, PATHS } from '../service/src/contract.ts';
import { API_KEY } from './services.ts';

const SAMPLES = join(import.meta.dirname, '../samples');
const ANSWER_MS = 30_000;

type Bytes = Uint8Array<ArrayBuffer>;
export const read = (file: string): Bytes => new Uint8Array(readFileSync(join(SAMPLES, file)));

export const CLIPS: readonly Bytes[] = ['library.mp3', 'window.ogg', 'train.wav'].map(read);
const NO_AUDIO: Bytes = new TextEncoder().encode('<!doctype html><title>Not audio</title>');
const MEGABYTE = 1024 * 1024;

/** Status of the answer, or null when the client left before it or the connection broke. */
export async function send(url: string, init: RequestInit, ms = ANSWER_MS): Promise<number | null> {
  try {
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${API_KEY}` },
      ...init,
      signal: AbortSignal.timeout(ms),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
  }
}

export function upload(
  url: string,
  path: string,
  clip: Bytes,
  fields: Readonly<Record<string, string>> = {},
  ms?: number,
): Promise<number | null> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set(FIELDS.audio, new Blob([clip]), 'clip');
  return send(url + path, { method: 'POST', body }, ms);
}

/** One request of every kind that is refused, with the status it gets. */
export async function sendRefused(url: string): Promise<Record<string, number | null>> {
  const path = PATHS.transcriptions;
  const clip = CLIPS[0] ?? NO_AUDIO;
  return {
    'no audio': await upload(url, path, NO_AUDIO),
    empty: await upload(url, path, new Uint8Array(0)),
    'too large': await upload(url, path, new Uint8Array(2 * MEGABYTE)),
    'unknown engine': await upload(url, path, clip, { [FIELDS.engine]: 'none' }),
    'unknown language': await upload(url, path, clip, { [FIELDS.language]: 'xx-XX' }),
    'unknown path': await send(`${url}/nowhere`, {}),
    'wrong method': await send(url + path, {}),
  };
}

/** More uploads at once than the pool and its queue take: the rest is refused. */
export function overflow(url: string, count: number): Promise<(number | null)[]> {
  const clip = CLIPS[2] ?? NO_AUDIO;
  return Promise.all(
    Array.from({ length: count }, () => upload(url, PATHS.transcriptionsIsolated, clip)),
  );
}
