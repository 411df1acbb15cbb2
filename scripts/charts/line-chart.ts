/** Lines over time or load as an SVG picture: a name at the end of each, marks on the way, limits across. */
import type { Line, LineChart } from './line-chart-input.ts';
import { LABEL_HEIGHT, labelWidth, placeEnds } from './line-labels.ts';
import type { Box, End } from './line-labels.ts';
import {
  AXIS_SIZE,
  DASHES,
  MARK_ROW,
  axisNames,
  endShapes,
  limitShapes,
  markShapes,
  placedMarks,
} from './line-shapes.ts';
import {
  AXIS_LINE,
  FAINT_INK,
  GRID_LINE,
  PADDING,
  WIDTH,
  colourOf,
  plainText,
  textWidth,
} from './look.ts';
import { readable } from './quantity.ts';
import { scaleFor, tightScaleFor } from './scale.ts';
import type { Scale } from './scale.ts';
import { heading, renderSvg } from './svg.ts';
import { thinned } from './thin.ts';
import type { Point } from './thin.ts';

export type { Line, LineChart, ValueAxis } from './line-chart-input.ts';
export type { Quantity } from './quantity.ts';

const PLOT_HEIGHT = 300;
const MAX_LABEL_COLUMN = 300;
const LABEL_MARGIN = 8;
const TICK_GAP = 8;
/** Ticks and the name of the axis. */
const BELOW_PLOT = 58;
/** So that a limit is no edge of the plot. */
const LIMIT_HEADROOM = 1.05;

/** An SVG document, 860 pixels wide. The same chart gives the same bytes; text is escaped. */
export function drawLines(chart: LineChart): string {
  const lines = chart.lines.map(cleaned);
  const head = heading(chart.title, chart.note);
  const xs = [
    ...lines.flatMap(({ points }) => points.map(([x]) => x)),
    ...(chart.marks ?? []).map((mark) => mark.x),
  ];
  const x = tightScaleFor(xs, chart.x.quantity);
  const left = valueScale(chart, lines, 'left') ?? scaleFor([], chart.left.quantity);
  const right = valueScale(chart, lines, 'right');
  const values = lines.map((line) => endValue(line, chart));

  const widths = lines.map(({ name }, index) => labelWidth({ name, value: values[index] ?? '' }));
  const column = Math.min(MAX_LABEL_COLUMN, Math.max(0, ...widths) + 10);
  const leftWidth = widestTick(left) + TICK_GAP;
  const rightWidth = right === null ? 0 : widestTick(right) + TICK_GAP;
  const plotLeft = PADDING + leftWidth;
  const plotRight = WIDTH - LABEL_MARGIN - column - rightWidth;
  const xAt = (value: number) =>
    plotLeft + ((value - x.min) / (x.max - x.min)) * (plotRight - plotLeft);
  const marks = placedMarks(chart, xAt, plotRight);
  const markRows = Math.max(0, ...marks.map(({ row }) => row + 1));
  const plotTop = head.bottom + 30 + markRows * MARK_ROW;
  const plotHeight = Math.max(PLOT_HEIGHT, lines.length * LABEL_HEIGHT);
  const plot: Box = {
    left: plotLeft,
    right: plotRight,
    top: plotTop,
    bottom: plotTop + plotHeight,
  };
  const yAt = (value: number, scale: Scale) =>
    plot.bottom - ((value - scale.min) / (scale.max - scale.min)) * plotHeight;

  const limits = (chart.limits ?? []).map((limit) => limitShapes(limit, yAt(limit.y, left), plot));
  const ends = lines.map((line, index): End => {
    const last = line.points.findLast(([, y]) => y !== null);
    const y = yAt(last?.[1] ?? 0, line.axis === 'right' ? (right ?? left) : left);
    return {
      index,
      name: line.name,
      value: values[index] ?? '',
      style: line.style ?? 'solid',
      x: last === undefined ? plotRight : xAt(last[0]),
      y: last === undefined ? null : Math.max(plot.top, Math.min(plot.bottom, y)),
    };
  });
  const taken = limits.flatMap((limit) => limit.taken);
  const placed = placeEnds(ends, plot, plotRight + rightWidth + 10, taken);

  return renderSvg({
    title: chart.title,
    height: Math.ceil(plot.bottom + BELOW_PLOT),
    option: {
      grid: {
        left: plot.left,
        top: plot.top,
        width: plot.right - plot.left,
        height: plotHeight,
        outerBoundsMode: 'none',
      },
      xAxis: { ...axis(x), splitLine: { show: false } },
      yAxis: [
        { ...axis(left), position: 'left' },
        ...(right === null
          ? []
          : [{ ...axis(right), position: 'right', splitLine: { show: false } }]),
      ],
      series: lines.map((line, index) => series(line, index, right !== null)),
    },
    shapes: [
      ...head.shapes,
      ...axisNames(chart, plot, head.bottom + 14, right === null ? null : plotRight + rightWidth),
      ...marks.flatMap((mark) => markShapes(mark, plot)),
      ...limits.flatMap(({ shapes }) => shapes),
      ...placed.flatMap(endShapes),
    ],
  });
}

interface CleanLine extends Line {
  readonly name: string;
  readonly points: readonly Point[];
}

function cleaned(line: Line): CleanLine {
  const points = line.points
    .filter(([x]) => Number.isFinite(x))
    .map(([x, y]): Point => [x, y !== null && Number.isFinite(y) ? y : null]);
  return { ...line, name: plainText(line.name), points: thinned(points) };
}

/** Null for a right axis that the chart does not have. */
function valueScale(
  chart: LineChart,
  lines: readonly CleanLine[],
  side: 'left' | 'right',
): Scale | null {
  const wanted = chart[side];
  if (wanted === undefined) return null;
  const values = lines
    .filter((line) => (line.axis ?? 'left') === side)
    .flatMap(({ points }) => points.flatMap(([, y]) => (y === null ? [] : [y])));
  const limits = side === 'left' ? (chart.limits ?? []).map(({ y }) => y * LIMIT_HEADROOM) : [];
  const { max } = wanted;
  return scaleFor(
    max === undefined ? [...values, ...limits] : [...values.filter((each) => each <= max), max],
    wanted.quantity,
  );
}

/** What follows its name: where it ends. */
function endValue({ points, axis }: CleanLine, chart: LineChart): string {
  const last = points.findLast(([, y]) => y !== null)?.[1] ?? null;
  const { quantity } = (axis === 'right' ? chart.right : undefined) ?? chart.left;
  return last === null ? 'no value' : readable(last, quantity);
}

function widestTick({ ticks, label }: Scale): number {
  return Math.max(...ticks.map((tick) => textWidth(label(tick), AXIS_SIZE)));
}

function axis({ min, max, interval, ticks, label }: Scale): Record<string, unknown> {
  return {
    type: 'value',
    min,
    max,
    interval,
    axisLine: { show: true, lineStyle: { color: AXIS_LINE } },
    axisTick: { show: true, lineStyle: { color: AXIS_LINE }, customValues: ticks },
    splitLine: { show: true, lineStyle: { color: GRID_LINE } },
    axisLabel: {
      customValues: ticks,
      fontSize: AXIS_SIZE,
      color: FAINT_INK,
      formatter: (value: number) => label(value),
    },
  };
}

function series(line: CleanLine, index: number, hasRight: boolean): Record<string, unknown> {
  const colour = colourOf(index);
  const alone = (at: number) =>
    (line.points[at - 1]?.[1] ?? null) === null && (line.points[at + 1]?.[1] ?? null) === null;
  return {
    type: 'line',
    name: line.name,
    yAxisIndex: hasRight && line.axis === 'right' ? 1 : 0,
    silent: true,
    emphasis: { disabled: true },
    connectNulls: false,
    showSymbol: true,
    showAllSymbol: true,
    symbolSize: 5,
    // A point between two gaps has no line to be seen by.
    data: line.points.map((point, at) => ({
      value: [point[0], point[1] ?? '-'],
      symbol: point[1] !== null && alone(at) ? 'circle' : 'none',
    })),
    itemStyle: { color: colour },
    lineStyle: { color: colour, width: 2, type: line.style === 'dashed' ? DASHES : 'solid' },
    ...(line.style === 'area' && { areaStyle: { color: colour, opacity: 0.18 } }),
  };
}
