/** How many requests each key has in flight, and whether it may have another. Counts outlive a reload of the keys. */
import type { KeyEntry } from './key-file.ts';

export interface InFlight {
  /** Takes a place and gives the function that frees it, which works once; null when the key has all it may have. */
  enter(key: KeyEntry): (() => void) | null;
  count(name: string): number;
}

export function createInFlight(): InFlight {
  const counts = new Map<string, number>();

  function leave(name: string): void {
    const left = (counts.get(name) ?? 0) - 1;
    if (left > 0) counts.set(name, left);
    else counts.delete(name);
  }

  return {
    count: (name) => counts.get(name) ?? 0,
    enter({ name, limit }) {
      const before = counts.get(name) ?? 0;
      if (limit !== null && before >= limit) return null;
      counts.set(name, before + 1);
      let entered = true;
      return () => {
        if (!entered) return;
        entered = false;
        leave(name);
      };
    },
  };
}
