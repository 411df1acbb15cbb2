import { describe, expect, it } from 'vitest';
import { drawLines } from './line-chart.ts';
import type { Line, LineChart } from './line-chart.ts';
import { MAX_POINTS } from './thin.ts';
import { drawnPaths, isWellFormed, textsOf } from './testing/read-svg.ts';

const MB = 1024 * 1024;

const chart = (changes: Partial<LineChart> = {}): LineChart => ({
  title: 'Memory under load',
  note: 'two workers',
  x: { name: 'time', quantity: 'seconds' },
  left: { name: 'resident memory', quantity: 'bytes' },
  lines: [
    {
      name: 'threads',
      points: [
        [0, 100 * MB],
        [30, 2048 * MB],
      ],
    },
    {
      name: 'processes',
      style: 'area',
      points: [
        [0, 300 * MB],
        [60, 400 * MB],
      ],
    },
  ],
  ...changes,
});
const withPoints = (points: Line['points']) => chart({ lines: [{ name: 'only', points }] });
const BLUE = '#0072b2';

describe('a picture of lines', () => {
  it('says what it is about, names each line with its last value, and writes values as a person does', () => {
    const texts = textsOf(drawLines(chart()));
    for (const text of [
      'Memory under load',
      'two workers',
      'resident memory',
      'time',
      'threads: 2 GB',
      'processes: 400 MB',
      '0.5 GB',
      '10 s',
    ]) {
      expect(texts).toContain(text);
    }
  });

  it('draws every line in a colour of its own', () => {
    const svg = drawLines(
      chart({
        lines: Array.from({ length: 7 }, (_, index) => ({
          name: `line ${index}`,
          points: [
            [0, index],
            [1, index],
          ],
        })),
      }),
    );
    const colours = new Set(
      drawnPaths(svg, /stroke-width="2"/).map((path) => /stroke="(#\w+)"/.exec(path)?.[1]),
    );
    expect(colours.size).toBe(7);
    expect(textsOf(svg).filter((text) => text.startsWith('line '))).toHaveLength(7);
  });

  it('is the same, byte for byte, each time, however many were drawn before', () => {
    const first = drawLines(chart());
    drawLines(withPoints([[0, 1]]));
    expect(drawLines(chart())).toBe(first);
    expect(first).not.toMatch(/zr\d/);
  });

  it('shares no id with another picture on the same page', () => {
    const ids = (svg: string) => [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const [one, other] = [ids(drawLines(chart())), ids(drawLines(chart({ title: 'Another' })))];
    expect(one.length).toBeGreaterThan(0);
    expect(one.filter((id) => other.includes(id))).toEqual([]);
  });

  it('leaves a gap where a value is missing, and shows a value between two gaps as a dot', () => {
    const svg = drawLines(
      withPoints([
        [0, 1],
        [1, 2],
        [2, null],
        [3, Number.NaN],
        [4, 5],
        [5, null],
        [6, 7],
        [7, 8],
      ]),
    );
    const line = drawnPaths(svg, new RegExp(`stroke="${BLUE}" stroke-width="2"`)).join();
    expect(line.match(/M/g)?.length).toBeGreaterThanOrEqual(2);
    const whole = drawLines(withPoints(Array.from({ length: 8 }, (_, x) => [x, x + 1])));
    const dots = (text: string) => drawnPaths(text, new RegExp(`fill="${BLUE}"`)).length;
    expect(dots(svg)).toBe(dots(whole) + 1);
  });

  it('names a line that has no value at all', () => {
    expect(textsOf(drawLines(withPoints([[0, null]])))).toContain('only: no value');
    expect(textsOf(drawLines(withPoints([])))).toContain('only: no value');
  });

  it('writes hostile names as text, in one line, and cuts them', () => {
    const hostile = '<script>alert(1)</script>&"\'\u0000\u202E\n{a|b} zr0-c0 {name}';
    const svg = drawLines(
      chart({
        title: hostile,
        note: hostile,
        left: { name: hostile, quantity: 'bytes' },
        lines: [{ name: hostile, points: [[0, 1]] }],
        marks: [{ x: 0, label: hostile }],
        limits: [{ y: 1, label: 'x'.repeat(100_000) }],
      }),
    );
    expect(svg).not.toContain('<script');
    expect(['\u0000', '\u202E'].filter((character) => svg.includes(character))).toEqual([]);
    expect(isWellFormed(svg)).toBe(true);
    expect(textsOf(svg)).toContain('<script>alert(1)</script>&"\' {a|b} zr0-c0 {name}');
    expect(svg.length).toBeLessThan(20_000);
  });

  it('shows marks above the plot and limits with their names, without one name on another', () => {
    const svg = drawLines(
      chart({
        marks: [
          { x: 30, label: 'killed at request 12' },
          { x: 31, label: 'killed at request 13' },
        ],
        limits: [{ y: 3072 * MB, label: 'limit 3 GB' }],
      }),
    );
    expect(textsOf(svg)).toContain('limit 3 GB');
    const heights = [...svg.matchAll(/translate\([\d.]+ ([\d.]+)\)[^>]*>killed/g)].map(
      ([, y]) => y,
    );
    expect(new Set(heights).size).toBe(2);
    // The axis has room for the limit.
    expect(textsOf(svg)).toContain('3 GB');
  });

  it('measures lines of the right axis there', () => {
    const svg = drawLines(
      chart({
        right: { name: 'requests', quantity: 'count' },
        lines: [
          { name: 'memory', points: [[0, 100 * MB]] },
          {
            name: 'answered',
            axis: 'right',
            points: [
              [0, 0],
              [60, 12_000],
            ],
          },
        ],
      }),
    );
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['requests', 'answered: 12,000', '8,000']));
  });

  it('ends the axis where it is told to', () => {
    const texts = textsOf(
      drawLines(chart({ left: { name: 'memory', quantity: 'bytes', max: 500 * MB } })),
    );
    expect(texts).toContain('500 MB');
    expect(texts).not.toContain('2 GB');
  });

  it('draws a hundred thousand points as a few hundred and keeps their peak', () => {
    const points = Array.from({ length: 100_000 }, (_, x): [number, number] => [
      x,
      x === 54_321 ? 9 : 1,
    ]);
    const svg = drawLines(withPoints(points));
    expect(svg.length).toBeLessThan(40 * MAX_POINTS);
    expect(textsOf(svg)).toContain('10 B');
  });
});
