/** Fewer points for a line that has more than can be seen, without losing a peak, a dip or a gap. */

export type Point = readonly [x: number, y: number | null];

export const MAX_POINTS = 600;
/** Lowest, highest and first missing point of a stretch. */
const KEPT_OF_STRETCH = 3;

/** At most `MAX_POINTS`: the first, the last, and of each stretch between its lowest, its highest and its first gap. */
export function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= MAX_POINTS) return points;
  const stretches = Math.floor((MAX_POINTS - 2) / KEPT_OF_STRETCH);
  const inner = points.length - 2;
  const kept: Point[] = points.slice(0, 1);
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = 1 + Math.floor((stretch * inner) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * inner) / stretches);
    kept.push(...telling(points.slice(from, to)));
  }
  return [...kept, ...points.slice(-1)];
}

function telling(points: readonly Point[]): readonly Point[] {
  let low = -1;
  let high = -1;
  const gap = points.findIndex(([, y]) => y === null);
  for (const [index, [, y]] of points.entries()) {
    if (y === null) continue;
    if (low < 0 || y < (points[low]?.[1] ?? y)) low = index;
    if (high < 0 || y > (points[high]?.[1] ?? y)) high = index;
  }
  return points.filter((_, index) => index === low || index === high || index === gap);
}
