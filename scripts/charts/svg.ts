/** Draws on the server with ECharts: the same chart gives the same bytes. */
import { BarChart, LineChart } from 'echarts/charts';
import { GraphicComponent, GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import type { EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { FAINT_INK, FONT, INK, PADDING, WIDTH, plainText, wrappedText } from './look.ts';

use([BarChart, LineChart, GraphicComponent, GridComponent, SVGRenderer]);

const TITLE_SIZE = 17;
const NOTE_SIZE = 12.5;
const NOTE_LINE = 17;
const MAX_NOTE_CHARACTERS = 600;

/** Something drawn at a place in pixels, as ECharts' graphic component takes it. */
export interface Shape {
  readonly type: 'text' | 'line' | 'rect' | 'circle';
  readonly x?: number;
  readonly y?: number;
  readonly shape?: Readonly<Record<string, number>>;
  readonly style: Readonly<Record<string, unknown>>;
  readonly z?: number;
  readonly silent: true;
}

export interface Label {
  readonly text: string;
  readonly x: number;
  /** Of the middle of the text. */
  readonly y: number;
  readonly size: number;
  readonly colour: string;
  readonly bold?: boolean;
  readonly align?: 'left' | 'center' | 'right';
}

export function textShape({ text, x, y, size, colour, bold, align = 'left' }: Label): Shape {
  return {
    type: 'text',
    x,
    y,
    z: 100,
    silent: true,
    style: {
      text,
      font: `${bold ? 'bold ' : ''}${size}px ${FONT}`,
      fill: colour,
      // A halo, so that a line beneath does not cross the letters out.
      stroke: '#ffffff',
      lineWidth: 3,
      align,
      verticalAlign: 'middle',
    },
  };
}

/** Title and note at the top, and where they end. */
export function heading(
  title: string,
  note: string | undefined,
): { readonly shapes: readonly Shape[]; readonly bottom: number } {
  const inner = WIDTH - 2 * PADDING;
  const lines = [
    ...wrappedText(plainText(title), TITLE_SIZE * 1.06, inner).map((text) => ({
      text,
      size: TITLE_SIZE,
      colour: INK,
      bold: true,
      height: 24,
    })),
    ...wrappedText(plainText(note ?? '', MAX_NOTE_CHARACTERS), NOTE_SIZE, inner).map((text) => ({
      text,
      size: NOTE_SIZE,
      colour: FAINT_INK,
      bold: false,
      height: NOTE_LINE,
    })),
  ];
  let bottom = PADDING - 6;
  const shapes = lines.map(({ height, ...line }) => {
    bottom += height;
    return textShape({ ...line, x: PADDING, y: bottom - height / 2 });
  });
  return { shapes, bottom };
}

export interface Drawing {
  readonly title: string;
  readonly height: number;
  readonly option: EChartsCoreOption;
  readonly shapes: readonly Shape[];
}

/** An SVG document, on a white card of its own so that it reads on dark pages too. */
export function renderSvg({ title, height, option, shapes }: Drawing): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: FONT, color: INK },
      graphic: { elements: shapes },
      ...option,
    });
    return framed(chart.renderToSVGString(), plainText(title), height);
  } finally {
    chart.dispose();
  }
}

function framed(svg: string, title: string, height: number): string {
  const plain = svg
    // For a mouse over the picture, which does not answer.
    .replaceAll(/ class="zr\d+-cls-\d+"| pointer-events="\w+"/g, '')
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>/, '')
    // Not every viewer knows baselines by name.
    .replaceAll('<text dominant-baseline="central"', '<text dy="0.35em"')
    // ECharts counts its charts in the ids, and two pictures on one page must not share one.
    .replaceAll(/(id="|url\(#)zr\d+-/g, '$1clip-');
  const own = Bun.hash.wyhash(plain).toString(36);
  const name = Bun.escapeHTML(title);
  return plain
    .replaceAll(/(id="|url\(#)clip-/g, `$1clip-${own}-`)
    .replace(
      /<svg [^>]*>/,
      (opening) =>
        `${opening.slice(0, -1)} role="img" aria-label="${name}">\n<title>${name}</title>\n` +
        `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10" fill="#ffffff" stroke="#d1d9e0"/>`,
    );
}
