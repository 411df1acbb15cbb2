/** The first API key: its hash in .stt-keys.azure, the key itself in env.remote alone. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addKey } from '../../service/src/keys/edit-file.ts';
import { KeyFileError, parseKeys } from '../../service/src/keys/key-file.ts';
import type { KeyEntry } from '../../service/src/keys/key-file.ts';
import { digestOf } from '../../service/src/keys/key.ts';
import { readKeyText } from '../../service/src/keys/read-file.ts';
import { readVariables, setVariables } from '../verbs/env-file.ts';
import { Refusal } from '../verbs/refusal.ts';
import { REMOTE_FILE } from './remote-file.ts';

export const KEYS_FILE = '.stt-keys.azure';

const FIRST_NAME = 'first';

export interface FirstKey {
  readonly name: string;
  /** The key, where it was made just now; it is shown this once. */
  readonly made: string | null;
  /** Names of keys in the file besides this one. */
  readonly others: readonly string[];
}

/** Keeps the key of env.remote where the file knows it, else makes one. Throws `Refusal`. */
export function ensureFirstKey(root: string): FirstKey {
  const path = join(root, KEYS_FILE);
  const remote = join(root, REMOTE_FILE);
  const entries = refusing(() => entriesOf(path));
  const known = readVariables(remote)['API_KEY'] ?? '';
  const hash = digestOf(known).toString('hex');
  const entry = known === '' ? undefined : entries.find(({ sha256 }) => sha256 === hash);
  if (entry !== undefined)
    return { name: entry.name, made: null, others: others(entries, entry.name) };
  // A key whose text is lost here may be in use elsewhere, so its line stays.
  const name = freeName(entries);
  const made = refusing(() => addKey(path, name, null));
  setVariables(remote, { API_KEY: made });
  return { name, made, others: others(entries, name) };
}

/** Content of the key file, hashes alone, or null where there is none. Throws `Refusal` for one that is broken or empty. */
export function keyHashes(root: string): string | null {
  const path = join(root, KEYS_FILE);
  if (!existsSync(path)) return null;
  return refusing(() => {
    const text = readKeyText(path);
    if (parseKeys(text, KEYS_FILE).length === 0) {
      throw new KeyFileError(
        `${KEYS_FILE} has no key. Type: make api-key KEYS_FILE=${KEYS_FILE} NAME=first`,
      );
    }
    return text.trimEnd();
  });
}

function entriesOf(path: string): readonly KeyEntry[] {
  return existsSync(path) ? parseKeys(readKeyText(path), KEYS_FILE) : [];
}

function freeName(entries: readonly KeyEntry[]): string {
  const taken = new Set(entries.map(({ name }) => name));
  if (!taken.has(FIRST_NAME)) return FIRST_NAME;
  let number = 2;
  while (taken.has(`${FIRST_NAME}-${number}`)) number += 1;
  return `${FIRST_NAME}-${number}`;
}

function others(entries: readonly KeyEntry[], name: string): readonly string[] {
  return entries.map((entry) => entry.name).filter((each) => each !== name);
}

function refusing<Value>(act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (error instanceof KeyFileError) throw new Refusal(error.message);
    throw error;
  }
}
