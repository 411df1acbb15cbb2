/** The text of a key file from disk, where it is a file of a size that a key file may have. */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { KeyFileError, MAX_FILE_BYTES } from './key-file.ts';

/** Throws `KeyFileError`. */
export function readKeyText(path: string): string {
  try {
    return readBounded(path);
  } catch (error) {
    if (error instanceof KeyFileError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new KeyFileError(
      code === 'ENOENT'
        ? `There is no key file ${path}. make api-key NAME=… makes one.`
        : `The key file ${path} cannot be read (${code ?? 'unknown error'}).`,
      { cause: error },
    );
  }
}

function readBounded(path: string): string {
  // Asked before it is opened: opening a pipe would wait for its writer.
  if (!statSync(path).isFile()) throw new KeyFileError(`The key file ${path} is no regular file.`);
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > MAX_FILE_BYTES) {
      throw new KeyFileError(
        `The key file ${path} has ${size} bytes; at most ${MAX_FILE_BYTES} are taken.`,
      );
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
