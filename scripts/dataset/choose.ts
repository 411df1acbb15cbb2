/** Chooses recordings evenly over the speakers. */
import type { Utterance } from './utterance.ts';

/**
 * Goes round the speakers and takes the next recording of each until there are `limit`: the same every time, and part of
 * what a larger limit chooses. All of them with null. Sorted by id.
 */
export function choose(
  utterances: readonly Utterance[],
  limit: number | null,
): readonly Utterance[] {
  const sorted = utterances.toSorted(byId);
  if (limit === null || limit >= sorted.length) return sorted;
  const bySpeaker = Map.groupBy(sorted, ({ speaker }) => speaker);
  const chosen: Utterance[] = [];
  for (let round = 0; chosen.length < limit; round += 1) {
    const next = [...bySpeaker.values()].flatMap((own) => own.slice(round, round + 1));
    chosen.push(...next.slice(0, limit - chosen.length));
  }
  return chosen.toSorted(byId);
}

function byId(one: Utterance, other: Utterance): number {
  return one.id < other.id ? -1 : 1;
}
