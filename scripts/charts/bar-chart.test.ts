import { describe, expect, it } from 'vitest';
import { drawBars } from './bar-chart.ts';
import type { BarChart } from './bar-chart.ts';
import { drawnPaths, isWellFormed, textsOf } from './testing/read-svg.ts';

const MB = 1024 * 1024;
const CHART: BarChart = {
  title: 'Peak memory',
  note: 'two workers',
  quantity: 'bytes',
  categories: ['base', 'tiny', 'tiny'],
  series: [
    { name: 'threads', values: [900 * MB, 400 * MB, null] },
    { name: 'processes', values: [1700 * MB, 0] },
  ],
};

describe('a picture of bars', () => {
  it('names categories and series and writes each value at its bar', () => {
    const texts = textsOf(drawBars(CHART));
    for (const text of [
      'Peak memory',
      'two workers',
      'threads',
      'processes',
      '900 MB',
      '1.66 GB',
      '0',
    ]) {
      expect(texts).toContain(text);
    }
    expect(texts.filter((text) => text === 'tiny')).toHaveLength(2);
  });

  it('draws a bar for each value and says where there is none', () => {
    const svg = drawBars(CHART);
    // The swatch of the legend is one more of each colour.
    expect(drawnPaths(svg, /fill="#0072b2"/)).toHaveLength(1 + 3);
    expect(textsOf(svg).filter((text) => text === 'no value')).toHaveLength(2);
  });

  it('needs no legend for one series', () => {
    const svg = drawBars({ ...CHART, series: CHART.series.slice(0, 1) });
    expect(textsOf(svg)).not.toContain('threads');
  });

  it('is the same, byte for byte, each time', () => {
    expect(drawBars(CHART)).toBe(drawBars(CHART));
  });

  it('writes hostile names as text', () => {
    const name = '</text><script>{c}';
    const svg = drawBars({
      ...CHART,
      title: name,
      categories: [name],
      series: [
        { name, values: [1] },
        { name: 'other', values: [Number.POSITIVE_INFINITY] },
      ],
    });
    expect(svg).not.toContain('<script');
    expect(isWellFormed(svg)).toBe(true);
    // Title, category and legend.
    expect(textsOf(svg).filter((text) => text === name)).toHaveLength(3);
  });

  it('can be drawn without categories', () => {
    expect(isWellFormed(drawBars({ ...CHART, categories: [] }))).toBe(true);
  });
});
