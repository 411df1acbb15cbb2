/** Bars beside one another as an SVG picture: a row of them for each category, the value at the end of each bar. */
import {
  AXIS_LINE,
  FAINT_INK,
  GRID_LINE,
  INK,
  PADDING,
  WIDTH,
  colourOf,
  fittingText,
  plainText,
  textWidth,
} from './look.ts';
import { readable } from './quantity.ts';
import type { Quantity } from './quantity.ts';
import { scaleFor } from './scale.ts';
import { heading, renderSvg, textShape } from './svg.ts';
import type { Shape } from './svg.ts';

export type { Quantity } from './quantity.ts';

export interface BarChart {
  readonly title: string;
  readonly note?: string;
  readonly quantity: Quantity;
  /** From top to bottom. */
  readonly categories: readonly string[];
  /** A value for each category; null says that there is none. */
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
  }[];
}

const BAR_HEIGHT = 18;
const BETWEEN_CATEGORIES = 16;
const TEXT_SIZE = 12.5;
const AXIS_SIZE = 12;
const MAX_CATEGORY_WIDTH = 260;
const LEGEND_ROW = 20;
const SWATCH = 12;
const NOTHING = 'no value';

/** An SVG document, 860 pixels wide. The same chart gives the same bytes; text is escaped. */
export function drawBars(chart: BarChart): string {
  const { quantity } = chart;
  const head = heading(chart.title, chart.note);
  const series = chart.series.map(({ name, values }) => ({
    name: plainText(name),
    values: chart.categories.map((_, index) => finiteOrNull(values[index])),
  }));
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const scale = scaleFor(known, quantity);
  const categories = chart.categories.map((name) =>
    fittingText(plainText(name), TEXT_SIZE, MAX_CATEGORY_WIDTH),
  );
  const legend = legendShapes(
    series.length > 1 ? series.map(({ name }) => name) : [],
    head.bottom + 8,
  );
  const left = PADDING + 10 + Math.max(0, ...categories.map((name) => textWidth(name, TEXT_SIZE)));
  const valueWidth = Math.max(
    textWidth(NOTHING, TEXT_SIZE),
    ...known.map((value) => textWidth(readable(value, quantity), TEXT_SIZE)),
  );
  const top = legend.bottom + 10;
  const category = Math.max(1, series.length) * BAR_HEIGHT + BETWEEN_CATEGORIES;
  const height = Math.max(1, categories.length) * category;
  return renderSvg({
    title: chart.title,
    height: Math.ceil(top + height + 26 + PADDING / 2),
    shapes: [...head.shapes, ...legend.shapes],
    option: {
      grid: {
        left,
        top,
        width: WIDTH - PADDING - valueWidth - 8 - left,
        height,
        outerBoundsMode: 'none',
      },
      xAxis: {
        type: 'value',
        min: scale.min,
        max: scale.max,
        interval: scale.interval,
        splitLine: { lineStyle: { color: GRID_LINE } },
        axisLabel: {
          fontSize: AXIS_SIZE,
          color: FAINT_INK,
          formatter: (value: number) => scale.label(value),
        },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        // By number: two categories may have the same name.
        data: categories.map((_, index) => String(index)),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: AXIS_LINE } },
        axisLabel: {
          interval: 0,
          fontSize: TEXT_SIZE,
          color: INK,
          formatter: (index: string) => categories[Number(index)] ?? '',
        },
      },
      series: series.map(({ name, values }, index) => ({
        type: 'bar',
        name,
        silent: true,
        emphasis: { disabled: true },
        barWidth: BAR_HEIGHT - 3,
        barGap: '20%',
        itemStyle: { color: colourOf(index), borderRadius: [0, 2, 2, 0] },
        data: values.map((value) => ({
          value: value ?? 0,
          label: {
            show: true,
            position: (value ?? 0) < 0 ? 'left' : 'right',
            fontSize: TEXT_SIZE,
            color: value === null ? FAINT_INK : INK,
            // A function, as a text would be read as a template.
            formatter: () => (value === null ? NOTHING : readable(value, quantity)),
          },
        })),
      })),
    },
  });
}

function finiteOrNull(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function legendShapes(
  names: readonly string[],
  top: number,
): { readonly shapes: readonly Shape[]; readonly bottom: number } {
  let x = PADDING;
  let row = 0;
  const shapes = names.flatMap((name, index) => {
    const text = fittingText(name, TEXT_SIZE, WIDTH - 2 * PADDING - SWATCH - 6);
    const width = SWATCH + 6 + textWidth(text, TEXT_SIZE) + 20;
    if (x > PADDING && x + width > WIDTH - PADDING) {
      x = PADDING;
      row += 1;
    }
    const y = top + row * LEGEND_ROW + LEGEND_ROW / 2;
    const swatch: Shape = {
      type: 'rect',
      silent: true,
      shape: { x, y: y - SWATCH / 2, width: SWATCH, height: SWATCH },
      style: { fill: colourOf(index) },
    };
    const label = textShape({ text, x: x + SWATCH + 6, y, size: TEXT_SIZE, colour: INK });
    x += width;
    return [swatch, label];
  });
  return { shapes, bottom: names.length === 0 ? top : top + (row + 1) * LEGEND_ROW };
}
