/** Whose key is this: compares with every key there is, in a time that does not depend on which one it is. */
import nodeCrypto from 'node:crypto';
import type { KeyEntry } from './key-file.ts';
import { MAX_KEY_LENGTH, digestOf } from './key.ts';

export interface KeyRing {
  readonly entries: readonly KeyEntry[];
  /** The key's entry, or null for one that nobody has. */
  verify(presented: string): KeyEntry | null;
}

export function createKeyRing(entries: readonly KeyEntry[]): KeyRing {
  const digests = entries.map((entry) => ({ entry, digest: Buffer.from(entry.sha256, 'hex') }));
  return {
    entries,
    verify(presented) {
      if (presented === '' || presented.length > MAX_KEY_LENGTH) return null;
      const given = digestOf(presented);
      let found: KeyEntry | null = null;
      // All of them, also after a match: how long it takes must not tell how far it came.
      for (const { entry, digest } of digests) {
        if (nodeCrypto.timingSafeEqual(given, digest)) found = entry;
      }
      return found;
    },
  };
}
