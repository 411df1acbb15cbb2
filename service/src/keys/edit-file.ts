/** Adds and removes a line of the key file, comments untouched; the file is replaced as a whole, so no reader sees half. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { KeyFileError, formatKey, parseKeys } from './key-file.ts';
import type { KeyEntry } from './key-file.ts';
import { createKey, digestOf } from './key.ts';
import { readKeyText } from './read-file.ts';

const OWNER_ONLY = 0o600;

/** Makes the file where there is none, and gives the key: nobody can read it anywhere again. */
export function addKey(path: string, name: string, limit: number | null): string {
  const key = createKey();
  replace(path, (text, entries) => {
    if (entries.some((entry) => entry.name === name)) {
      throw new KeyFileError(
        `${path} has a key called ${name} already. Take another name, or make api-key-revoke NAME=${name} first.`,
      );
    }
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    const line = formatKey({ name, sha256: digestOf(key).toString('hex'), limit });
    return `${text}${gap}${line}\n`;
  });
  return key;
}

export function revokeKey(path: string, name: string): void {
  // Without a file there is nothing to take out, and none should come of it.
  readKeyText(path);
  replace(path, (text, entries) => {
    if (!entries.some((entry) => entry.name === name)) {
      const names = entries.map((entry) => entry.name).join(', ') || 'none';
      throw new KeyFileError(`${path} has no key called ${name}. It has: ${names}.`);
    }
    return text
      .split('\n')
      .filter((line) => line.trim().split(':')[0]?.trim() !== name)
      .join('\n');
  });
}

function replace(path: string, edit: (text: string, entries: readonly KeyEntry[]) => string): void {
  // Behind a symlink, the file it leads to: a rename would replace the link.
  const target = existsSync(path) ? realpathSync(path) : path;
  const fresh = `${target}.new`;
  // Also a lock: of two that write at once the second must not undo the first.
  const file = openFresh(fresh);
  try {
    const text = existsSync(target) ? readKeyText(target) : '';
    const edited = edit(text, parseKeys(text, path));
    parseKeys(edited, path);
    writeSync(file, edited);
    fsyncSync(file);
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function openFresh(fresh: string): number {
  try {
    return openSync(fresh, 'wx', OWNER_ONLY);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new KeyFileError(
      code === 'EEXIST'
        ? `${fresh} exists: somebody is writing keys right now. If nobody is, remove it.`
        : `${fresh} cannot be written (${code ?? 'unknown error'}).`,
      { cause: error },
    );
  }
}
