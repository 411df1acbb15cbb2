/** The keys of a file as they are now: read at start, read again when the file changes, the last good ones kept. */
import type { KeyEntry } from './key-file.ts';
import { parseKeys } from './key-file.ts';
import { createKeyRing } from './key-ring.ts';
import { readKeyText } from './read-file.ts';
import { watchFile } from './watch.ts';
import type { WatchOptions } from './watch.ts';

export interface KeyStore {
  /** Whose key this is, or null. */
  verify(presented: string): KeyEntry | null;
  readonly size: number;
  /** No more looking at the file; the keys stay. */
  close(): void;
}

export type KeyReload =
  | { readonly outcome: 'loaded'; readonly size: number; readonly removed: readonly string[] }
  /** `message` lists every fault; no key and no hash is in it. */
  | { readonly outcome: 'failed'; readonly message: string };

/** Throws `KeyFileError` where the file cannot be used; later that is a failed reload. */
export function openKeyStore(
  path: string,
  onReload: (reload: KeyReload) => void,
  watch?: WatchOptions,
): KeyStore {
  let text = readKeyText(path);
  let ring = createKeyRing(parseKeys(text, path));
  let lastFailure: string | null = null;

  function reload(): void {
    const news = readAgain();
    if (news !== null) onReload(news);
  }

  /** What is new, or null where nothing is: touched, replaced by the same, or still broken in the same way. */
  function readAgain(): KeyReload | null {
    try {
      const next = readKeyText(path);
      if (next === text && lastFailure === null) return null;
      const entries = parseKeys(next, path);
      const names = new Set(entries.map(({ name }) => name));
      const removed = ring.entries.map(({ name }) => name).filter((name) => !names.has(name));
      text = next;
      ring = createKeyRing(entries);
      lastFailure = null;
      return { outcome: 'loaded', size: entries.length, removed };
    } catch (error) {
      const { message } = error as Error;
      if (message === lastFailure) return null;
      lastFailure = message;
      return { outcome: 'failed', message };
    }
  }

  const end = watchFile(path, reload, watch);
  return {
    verify: (presented) => ring.verify(presented),
    get size() {
      return ring.entries.length;
    },
    close: end,
  };
}
