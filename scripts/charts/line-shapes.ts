/** What stands beside the lines themselves: names of axes and lines, marks and limits. */
import type { LineChart } from './line-chart-input.ts';
import { LABEL_SIZE, SWATCH_GAP, SWATCH_WIDTH } from './line-labels.ts';
import type { Box, PlacedEnd } from './line-labels.ts';
import {
  FAINT_INK,
  INK,
  LIMIT_INK,
  PADDING,
  colourOf,
  fittingText,
  plainText,
  textWidth,
} from './look.ts';
import { textShape } from './svg.ts';
import type { Shape } from './svg.ts';

export const AXIS_SIZE = 12;
export const MARK_ROW = 17;
const MARK_SIZE = 12;
/** Of a dashed line and its swatch. */
export const DASHES = [6, 4];

export function axisNames(
  chart: LineChart,
  plot: Box,
  y: number,
  rightEnd: number | null,
): Shape[] {
  const look = { size: AXIS_SIZE, colour: FAINT_INK, bold: true };
  const name = (text: string) => fittingText(plainText(text), AXIS_SIZE, 320);
  return [
    textShape({ ...look, text: name(chart.left.name), x: PADDING, y }),
    textShape({
      ...look,
      text: name(chart.x.name),
      x: (plot.left + plot.right) / 2,
      y: plot.bottom + 34,
      align: 'center',
    }),
    ...(rightEnd === null
      ? []
      : [
          textShape({
            ...look,
            text: name(chart.right?.name ?? ''),
            x: rightEnd,
            y,
            align: 'right',
          }),
        ]),
  ];
}

export interface PlacedMark {
  readonly text: string;
  readonly x: number;
  readonly labelLeft: number;
  /** Counted upwards from the plot. */
  readonly row: number;
}

/** Names that would touch stand in rows above one another. */
export function placedMarks(
  { marks = [] }: LineChart,
  xAt: (x: number) => number,
  plotRight: number,
): readonly PlacedMark[] {
  const rowEnds: number[] = [];
  const sorted = marks.toSorted((one, other) => one.x - other.x);
  return sorted.map((mark) => {
    const text = fittingText(plainText(mark.label), MARK_SIZE, 420);
    const x = xAt(mark.x);
    const width = textWidth(text, MARK_SIZE);
    const labelLeft = Math.max(PADDING, Math.min(x - 3, plotRight + 20 - width));
    const found = rowEnds.findIndex((end) => end < labelLeft);
    const row = found < 0 ? rowEnds.length : found;
    rowEnds[row] = labelLeft + width + 8;
    return { text, x, labelLeft, row };
  });
}

export function markShapes({ text, x, labelLeft, row }: PlacedMark, plot: Box): Shape[] {
  const y = plot.top - 11 - row * MARK_ROW;
  return [
    {
      type: 'line',
      z: 50,
      silent: true,
      shape: { x1: x, y1: plot.top - 4 - row * MARK_ROW, x2: x, y2: plot.bottom },
      style: { stroke: INK, lineWidth: 1.2, lineDash: [3, 3] },
    },
    textShape({ text, x: labelLeft, y, size: MARK_SIZE, colour: INK }),
  ];
}

export function limitShapes(
  { label }: { readonly label: string },
  y: number,
  plot: Box,
): { readonly shapes: readonly Shape[]; readonly taken: readonly Box[] } {
  const text = fittingText(plainText(label), MARK_SIZE, plot.right - plot.left - 12);
  const middle = y - 10 > plot.top ? y - 10 : y + 11;
  const x = plot.right - 6;
  return {
    shapes: [
      {
        type: 'line',
        z: 50,
        silent: true,
        shape: { x1: plot.left, y1: y, x2: plot.right, y2: y },
        style: { stroke: LIMIT_INK, lineWidth: 1.5, lineDash: [8, 4] },
      },
      textShape({ text, x, y: middle, size: MARK_SIZE, colour: LIMIT_INK, align: 'right' }),
    ],
    taken: [
      { left: x - textWidth(text, MARK_SIZE), right: x, top: middle - 8, bottom: middle + 8 },
      { left: plot.left, right: plot.right, top: y - 2, bottom: y + 2 },
    ],
  };
}

/** The end of a line, and its name with a swatch that looks like it. */
export function endShapes({ text, x, y, labelX, labelY, index, style }: PlacedEnd): Shape[] {
  const colour = colourOf(index);
  const dot: Shape = {
    type: 'circle',
    z: 90,
    silent: true,
    shape: { cx: x, cy: y ?? 0, r: 3.5 },
    style: { fill: colour, stroke: '#ffffff', lineWidth: 1 },
  };
  const swatch: Shape = {
    type: 'line',
    z: 100,
    silent: true,
    shape: { x1: labelX, y1: labelY, x2: labelX + SWATCH_WIDTH, y2: labelY },
    style: {
      stroke: colour,
      lineWidth: style === 'area' ? 8 : 3,
      ...(style === 'dashed' && { lineDash: DASHES }),
    },
  };
  const name = textShape({
    text,
    x: labelX + SWATCH_WIDTH + SWATCH_GAP,
    y: labelY,
    size: LABEL_SIZE,
    colour: INK,
  });
  return [...(y === null ? [] : [dot]), swatch, name];
}
