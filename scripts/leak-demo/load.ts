/** A closed load: each client sends its next request when the last one is over. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIELDS } from '../../service/src/contract.ts';
import { listAt, textAt } from '../verbs/json.ts';

const REQUEST_TIMEOUT_MS = 60_000;

/** `lost`: the connection broke or nothing came; `refused`: an answer other than 200. */
export type Outcome = 'answered' | 'refused' | 'lost';

export interface RequestRecord {
  /** From 1, in the order of sending. */
  readonly number: number;
  readonly client: number;
  /** Milliseconds since the load began. */
  readonly sentMs: number;
  readonly endedMs: number;
  readonly outcome: Outcome;
  /** Null where there was no answer. */
  readonly status: number | null;
}

export interface LoadOptions {
  readonly url: string;
  readonly clips: readonly File[];
  readonly requests: number;
  readonly clients: number;
  readonly maxSeconds: number;
  /** Nothing is sent once this is aborted. */
  readonly over: AbortSignal;
  readonly onEnd: (record: RequestRecord) => void;
}

/** Resolves when every request that was sent has ended. Which clip a request sends depends on its number alone. */
export async function runLoad(options: LoadOptions): Promise<readonly RequestRecord[]> {
  const { clips, requests, clients, maxSeconds, over, onEnd } = options;
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const records: RequestRecord[] = [];
  let sent = 0;

  const client = async (own: number) => {
    while (sent < requests && !over.aborted && elapsed() <= maxSeconds * 1000) {
      const number = (sent += 1);
      const clip = clips[(number - 1) % clips.length];
      if (clip === undefined) return;
      const sentMs = elapsed();
      const answer = await send(options.url, clip);
      const record = { number, client: own, sentMs, endedMs: elapsed(), ...answer };
      records.push(record);
      onEnd(record);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, own) => client(own + 1)));
  return records.toSorted((one, other) => one.number - other.number);
}

async function send(
  url: string,
  clip: File,
): Promise<{ readonly outcome: Outcome; readonly status: number | null }> {
  const form = new FormData();
  form.set(FIELDS.audio, clip);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: form,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    return { outcome: answer.status === 200 ? 'answered' : 'refused', status: answer.status };
  } catch {
    return { outcome: 'lost', status: null };
  }
}

/** The recordings of `samples/`, in memory. */
export function readClips(root: string): readonly File[] {
  const directory = join(root, 'samples');
  const manifest: unknown = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
  return listAt(manifest).flatMap((entry) => {
    const name = textAt(entry, 'file');
    return name === null ? [] : [new File([readFileSync(join(directory, name))], name)];
  });
}
