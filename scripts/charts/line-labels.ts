/** Where the names of lines go: at their ends, moved up or down until none hides another. */
import type { Line } from './line-chart-input.ts';
import { WIDTH, fittingText, textWidth } from './look.ts';

export const LABEL_SIZE = 12.5;
export const SWATCH_WIDTH = 18;
export const LABEL_HEIGHT = 17;
export const SWATCH_GAP = 6;
const GAP = 6;
/** A line that ends before this share of the plot has its name there, not in the column at the right. */
const EARLY_SHARE = 0.85;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface End {
  readonly name: string;
  /** Never cut, as the name may be. */
  readonly value: string;
  /** Of the line among all. */
  readonly index: number;
  readonly style: NonNullable<Line['style']>;
  /** Pixels of the line's last point; y is null where it has none. */
  readonly x: number;
  readonly y: number | null;
}

export interface PlacedEnd extends End {
  readonly text: string;
  /** Of the swatch before the text. */
  readonly labelX: number;
  /** Of the middle of the text. */
  readonly labelY: number;
}

export function labelWidth({ name, value }: Pick<End, 'name' | 'value'>): number {
  return SWATCH_WIDTH + SWATCH_GAP + textWidth(`${name}: ${value}`, LABEL_SIZE);
}

/** `column` is where the names of lines begin that reach the end; `taken` is what must stay readable too. */
export function placeEnds(
  ends: readonly End[],
  plot: Box,
  column: number,
  taken: readonly Box[],
): readonly PlacedEnd[] {
  const boxes = [...taken];
  const early = plot.left + (plot.right - plot.left) * EARLY_SHARE;
  // From the top, so that names stand in the order of their lines.
  const order = ends.toSorted((one, other) => (one.y ?? plot.bottom) - (other.y ?? plot.bottom));
  const placed = new Map<End, PlacedEnd>();
  for (const end of order) {
    const labelX = end.x < early ? end.x + GAP : column;
    const room = WIDTH - GAP - labelX - SWATCH_WIDTH - SWATCH_GAP;
    const value = `: ${end.value}`;
    const name = fittingText(end.name, LABEL_SIZE, room - textWidth(value, LABEL_SIZE));
    const right = labelX + labelWidth({ name, value: end.value });
    const labelY = freeY(
      end.y ?? plot.bottom,
      plot,
      (middle) => ({
        left: labelX,
        right,
        top: middle - LABEL_HEIGHT / 2,
        bottom: middle + LABEL_HEIGHT / 2,
      }),
      boxes,
    );
    boxes.push({
      left: labelX,
      right,
      top: labelY - LABEL_HEIGHT / 2,
      bottom: labelY + LABEL_HEIGHT / 2,
    });
    placed.set(end, { ...end, text: name + value, labelX, labelY });
  }
  return ends.flatMap((end) => placed.get(end) ?? []);
}

/** The nearest free height within the plot, else the wanted one. */
function freeY(
  wanted: number,
  plot: Box,
  boxAt: (middle: number) => Box,
  taken: readonly Box[],
): number {
  const lowest = plot.bottom - LABEL_HEIGHT / 2;
  const highest = plot.top + LABEL_HEIGHT / 2;
  const start = Math.min(lowest, Math.max(highest, wanted));
  for (let distance = 0; distance <= plot.bottom - plot.top; distance += 1) {
    for (const middle of [start - distance, start + distance]) {
      if (middle < highest || middle > lowest) continue;
      const box = boxAt(middle);
      if (!taken.some((other) => overlap(box, other))) return middle;
    }
  }
  return start;
}

export function overlap(one: Box, other: Box): boolean {
  return (
    one.left < other.right &&
    other.left < one.right &&
    one.top < other.bottom &&
    other.top < one.bottom
  );
}
