/** The file that a download grows in, and where its bytes came from, so that the next run can go on. */
import { open, rm, stat, writeFile, readFile } from 'node:fs/promises';
import { textAt } from '../verbs/json.ts';

/** What the first bytes came with. */
export interface Origin {
  readonly url: string;
  /** Null where the server gave none that holds byte for byte. */
  readonly etag: string | null;
}

export interface PartFile {
  /** Bytes that are written. */
  readonly size: number;
  readonly origin: Origin | null;
  /** Begins anew. */
  restart(origin: Origin): Promise<void>;
  append(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Opens or makes it. One of more than `mostBytes` is nothing of ours and is thrown away. */
export async function openPart(path: string, mostBytes: number): Promise<PartFile> {
  if (((await sizeOf(path)) ?? 0) > mostBytes) await discardPart(path);
  const existing = await sizeOf(path);
  const file = await open(path, existing === null ? 'w' : 'r+');
  let size = existing ?? 0;
  let origin = await readOrigin(originPath(path));
  return {
    get size() {
      return size;
    },
    get origin() {
      return origin;
    },
    async restart(from) {
      await file.truncate(0);
      size = 0;
      origin = from;
      await writeFile(originPath(path), JSON.stringify(from));
    },
    async append(chunk) {
      // A disk that fills up takes the beginning of a chunk, and only the next write fails.
      for (let written = 0; written < chunk.length;) {
        const { bytesWritten } = await file.write(chunk, written, chunk.length - written, size);
        written += bytesWritten;
        size += bytesWritten;
      }
    },
    close: () => file.close(),
  };
}

/** Bytes of a file, null where there is none. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export async function discardPart(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(originPath(path), { force: true });
}

/** Its bytes are now called otherwise. */
export async function forgetOrigin(path: string): Promise<void> {
  await rm(originPath(path), { force: true });
}

function originPath(path: string): string {
  return `${path}.origin`;
}

async function readOrigin(path: string): Promise<Origin | null> {
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'));
    const url = textAt(read, 'url');
    return url === null ? null : { url, etag: textAt(read, 'etag') };
  } catch {
    return null;
  }
}
