/** Reads the archive as a stream and hands on what belongs to the corpus; refuses what no corpus holds. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { Refusal } from '../verbs/refusal.ts';
import { count, size } from './amounts.ts';

export interface Caps {
  readonly entries: number;
  readonly recordingBytes: number;
  /** Of one file of transcripts. */
  readonly transcriptBytes: number;
  /** Of all files of transcripts, which are held in memory. */
  readonly allTranscriptBytes: number;
  /** Of all that comes out of gzip. */
  readonly unpackedBytes: number;
}

/** Far above what test-clean has: 2,620 recordings of at most 36 seconds. */
export const CAPS: Caps = {
  entries: 20_000,
  recordingBytes: 16_000_000,
  transcriptBytes: 1_000_000,
  allTranscriptBytes: 16_000_000,
  unpackedBytes: 2_000_000_000,
};

export interface Entry {
  readonly kind: 'recording' | 'transcripts';
  /** As the archive calls it. */
  readonly name: string;
  /** Such as 61-70968-0000; of transcripts, 61-70968. */
  readonly id: string;
  readonly speaker: string;
  readonly chapter: string;
  readonly bytes: number;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface Reading {
  readonly path: string;
  /** Folder of the archive, such as test-clean. */
  readonly part: string;
  readonly caps: Caps;
  /** Told how many bytes of the archive are read. */
  readonly at: (bytes: number) => void;
}

const READ_BYTES = 256 * 1024;
/** An archive of before POSIX is as good, though the types of tar-stream know nothing of it. */
const EXTRACT_OPTIONS = { highWaterMark: READ_BYTES, allowUnknownFormat: true };
const TAKEN = /^(\d{1,9})\/(\d{1,9})\/((\1-\2)-\d{1,9}\.flac|\1-\2\.trans\.txt)$/;
const HARMLESS = new Set<unknown>(['file', 'contiguous-file', 'directory']);

/**
 * Calls `take` with each recording and each file of transcripts, in the order of the archive; a body that it leaves is
 * passed over. Rejects with `Refusal` for an archive that is damaged or holds what it must not, otherwise with what `take`
 * or the file system threw.
 */
export async function readArchive(
  { path, part, caps, at }: Reading,
  take: (entry: Entry) => Promise<void>,
): Promise<void> {
  const entries = extract(EXTRACT_OPTIONS);
  const stop = new AbortController();
  // Its fault is that of the entries too, which are waited for.
  const fed = pipeline(
    createReadStream(path, { highWaterMark: READ_BYTES }),
    counted(at, Number.POSITIVE_INFINITY, ''),
    createGunzip({ chunkSize: READ_BYTES }),
    counted(() => undefined, caps.unpackedBytes, path),
    entries,
    { signal: stop.signal },
  ).then(
    () => null,
    (error: unknown) => error,
  );
  const totals = { entries: 0, transcriptBytes: 0 };
  const own: unknown[] = [];
  try {
    for await (const stream of entries) {
      const { name, size: bytes = 0, type } = stream.header;
      totals.entries += 1;
      refuseEntry(path, caps, totals.entries, name, type);
      const entry =
        type === 'directory'
          ? null
          : asEntry(part, name, bytes, sound(path, stream as AsyncIterable<Uint8Array>));
      if (entry !== null) {
        refuseBytes(path, caps, totals, entry);
        try {
          await take(entry);
        } catch (error) {
          own.push(error);
          throw error;
        }
      }
      stream.resume();
    }
  } catch (error) {
    stop.abort();
    // What ended the stream first tells more than that it ended.
    const cause = own.length === 0 && error instanceof Refusal ? error : ((await fed) ?? error);
    throw own.length === 0 ? asRefusal(path, cause) : error;
  }
  const fault = await fed;
  if (fault !== null) throw asRefusal(path, fault);
}

/** A body that breaks is a fault of the archive and not of who reads it. */
async function* sound(path: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw asRefusal(path, error);
  }
}

function refuseEntry(path: string, caps: Caps, number: number, name: string, type: unknown): void {
  if (number > caps.entries) {
    throw refused(path, `it holds more than ${count(caps.entries)} files`);
  }
  const shown = JSON.stringify(name.slice(0, 120));
  if (!HARMLESS.has(type)) {
    throw refused(path, `${shown} is a ${String(type ?? 'thing of an unknown kind')}`);
  }
  const leaves = name.startsWith('/') || /[\\\0]/.test(name) || name.split('/').includes('..');
  if (leaves) throw refused(path, `${shown} leads out of the folder`);
}

function asEntry(
  part: string,
  name: string,
  bytes: number,
  body: AsyncIterable<Uint8Array>,
): Entry | null {
  const folder = `LibriSpeech/${part}/`;
  const plain = name.startsWith('./') ? name.slice(2) : name;
  const found = plain.startsWith(folder) ? TAKEN.exec(plain.slice(folder.length)) : null;
  const [, speaker, chapter, file] = found ?? [];
  if (speaker === undefined || chapter === undefined || file === undefined) return null;
  return file.endsWith('.flac')
    ? { kind: 'recording', name, id: file.slice(0, -'.flac'.length), speaker, chapter, bytes, body }
    : { kind: 'transcripts', name, id: `${speaker}-${chapter}`, speaker, chapter, bytes, body };
}

function refuseBytes(
  path: string,
  caps: Caps,
  totals: { transcriptBytes: number },
  { kind, name, bytes }: Entry,
): void {
  const most = kind === 'recording' ? caps.recordingBytes : caps.transcriptBytes;
  if (bytes > most) throw refused(path, `${name} has ${size(bytes)}, more than ${size(most)}`);
  if (kind === 'recording') return;
  totals.transcriptBytes += bytes;
  if (totals.transcriptBytes > caps.allTranscriptBytes) {
    throw refused(path, `its transcripts have more than ${size(caps.allTranscriptBytes)}`);
  }
}

function counted(at: (bytes: number) => void, most: number, path: string) {
  return async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > most) throw refused(path, `it unpacks to more than ${size(most)}`);
      at(bytes);
      yield chunk;
    }
  };
}

function refused(path: string, why: string): Refusal {
  return new Refusal(
    `${path} is refused, and nothing was taken from it: ${why}. No such thing is in LibriSpeech.`,
  );
}

function asRefusal(path: string, error: unknown): unknown {
  if (error instanceof Refusal || (error instanceof Error && 'syscall' in error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Refusal(
    `${path} is damaged or no archive (${message.split('. ')[0]}). Without FROM, make generate-audio-list downloads a good one.`,
    { cause: error },
  );
}
