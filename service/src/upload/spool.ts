/** The spool: where uploads lie while they are worked on. Files are 0600, counted, capped, and always removed. */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';

const STORAGE_RETRY_SECONDS = 5;
const HEAD_BYTES = 32;
const RUN_DIRECTORY = /^run-(\d+)-(\w+)-[0-9a-f-]{36}$/;

export interface SpoolOptions {
  /** Directory for this host's instances; created with mode 0700. */
  readonly directory: string;
  /** Largest sum of bytes of all files in flight. */
  readonly maxBytes: number;
}

export interface Spool {
  /** An empty 0600 file. The caller must `remove()` it in every outcome. */
  create(): Promise<SpoolFile>;
  readonly usage: { readonly files: number; readonly bytes: number; readonly maxBytes: number };
  /** Removes this instance's directory with all in it. */
  close(): void;
}

export interface SpoolFile {
  readonly path: string;
  readonly bytes: number;
  /** The first bytes, at most 32. */
  readonly head: Uint8Array;
  /** Appends a chunk. Rejects with `storage_full` when the cap or the disk is reached. */
  write(chunk: Uint8Array): Promise<void>;
  /** Closes the file for writing; it can then be read by path. */
  finish(): Promise<void>;
  /** Removes the file and gives its bytes back. Idempotent. */
  remove(): Promise<void>;
}

/**
 * Opens the spool with a directory of its own for this run, and sweeps the directories of dead predecessors:
 * those whose process is gone, or whose pid now belongs to a process with another start time.
 */
export function openSpool(options: SpoolOptions): Spool {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  sweep(options.directory);
  const runDirectory = join(
    options.directory,
    `run-${process.pid}-${startTime(process.pid) ?? 'unknown'}-${randomUUID()}`,
  );
  mkdirSync(runDirectory, { mode: 0o700 });
  chmodSync(runDirectory, 0o700);
  const usage = { files: 0, bytes: 0, maxBytes: options.maxBytes };

  return {
    usage,
    async create() {
      const path = join(runDirectory, randomUUID());
      const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
        throw storageError(error, options.maxBytes);
      });
      usage.files += 1;
      return createSpoolFile(path, handle, usage);
    },
    close() {
      rmSync(runDirectory, { recursive: true, force: true });
    },
  };
}

function createSpoolFile(
  path: string,
  handle: FileHandle,
  usage: { files: number; bytes: number; maxBytes: number },
): SpoolFile {
  let bytes = 0;
  let head = new Uint8Array(0);
  let removed = false;
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= handle.close());
  return {
    path,
    get bytes() {
      return bytes;
    },
    get head() {
      return head;
    },
    async write(chunk) {
      if (removed) throw new Error('the spool file is removed already');
      if (usage.bytes + chunk.byteLength > usage.maxBytes) {
        throw storageError(undefined, usage.maxBytes);
      }
      if (head.byteLength < HEAD_BYTES) {
        head = Uint8Array.from([...head, ...chunk.subarray(0, HEAD_BYTES - head.byteLength)]);
      }
      // Counted before the write: two uploads must not both see the last free bytes.
      bytes += chunk.byteLength;
      usage.bytes += chunk.byteLength;
      try {
        for (let written = 0; written < chunk.byteLength;) {
          written += (await handle.write(chunk, written)).bytesWritten;
        }
      } catch (error) {
        throw storageError(error, usage.maxBytes);
      }
    },
    async finish() {
      await close();
    },
    async remove() {
      if (removed) return;
      removed = true;
      usage.files -= 1;
      usage.bytes -= bytes;
      await close().catch(() => undefined);
      await rm(path, { force: true });
    },
  };
}

function storageError(cause: unknown, maxBytes: number): AppError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const reason =
    cause === undefined
      ? `Uploads in flight already fill the spool of ${maxBytes} bytes (STT_SPOOL_MAX_MB).`
      : `The spool could not take the upload (${code ?? 'unknown error'}).`;
  return new AppError('storage_full', `${reason} Try again shortly.`, {
    cause,
    retryAfterSeconds: STORAGE_RETRY_SECONDS,
  });
}

function sweep(directory: string): void {
  for (const name of readdirSync(directory)) {
    const [, pid, started] = RUN_DIRECTORY.exec(name) ?? [];
    if (pid === undefined) continue;
    if (isAlive(Number(pid)) && (startTime(Number(pid)) ?? 'unknown') === started) continue;
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Start time in clock ticks since boot, or null where there is no /proc: it tells a reused pid from the old one. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
