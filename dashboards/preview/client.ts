/** Runs in the page: draws every panel from the data the page carries. */
import uPlot from 'uplot';
import { format } from './format.ts';
import type { PageData, PanelData } from './panel-data.ts';

const COLOURS = ['#3274d9', '#e0752d', '#56a64b', '#a352cc', '#e02f44', '#d8b400', '#1f9ea3'];
const CHART_HEIGHT = 200;

const data = JSON.parse(document.querySelector('#data')?.textContent ?? '') as PageData;
const main = document.body.appendChild(document.createElement('main'));

for (const board of data.boards) {
  append(main, 'h1', board.title);
  append(main, 'p', board.description);
  for (const row of board.rows) {
    append(main, 'h2', row.title);
    const grid = append(main, 'div', '');
    grid.className = 'grid';
    for (const panel of row.panels) {
      const box = append(grid, 'section', '');
      box.style.gridColumn = `span ${panel.span}`;
      append(box, 'h3', panel.title).title = panel.description;
      draw(panel, box);
    }
  }
}

function draw(panel: PanelData, box: HTMLElement): void {
  if (panel.series.length === 0) append(box, 'em', 'no data');
  else if (panel.kind === 'stat') drawStat(panel, box);
  else if (panel.kind === 'heatmap') drawTable(panel, box);
  else drawChart(panel, box);
}

function drawStat({ series, unit }: PanelData, box: HTMLElement): void {
  append(box, 'strong', format(lastOf(series[0]?.values ?? []), unit));
}

/** Sums over the whole time: what share of all values fell into each bucket. */
function drawTable({ series, unit }: PanelData, box: HTMLElement): void {
  const buckets = series
    .map(({ name, values }) => ({
      bound: name === '+Inf' ? Infinity : Number(name),
      count: values.reduce<number>((sum, value) => sum + (value ?? 0), 0),
    }))
    .toSorted((one, other) => one.bound - other.bound);
  const all = buckets.at(-1)?.count ?? 0;
  const table = append(box, 'table', '');
  for (const [index, { bound, count }] of buckets.entries()) {
    const line = append(table, 'tr', '');
    const share = all === 0 ? null : (count - (buckets[index - 1]?.count ?? 0)) / all;
    append(line, 'td', `≤ ${Number.isFinite(bound) ? format(bound, unit) : '∞'}`);
    append(line, 'td', format(share, 'percentunit'));
  }
}

function drawChart(panel: PanelData, box: HTMLElement): void {
  const sums = panel.stacked ? stack(panel) : panel.series.map(({ values }) => [...values]);
  const flat = sums.every((values) => values.every((value) => !value));
  const paths = panel.bars ? uPlot.paths.bars?.({ size: [0.9] }) : undefined;
  const options: uPlot.Options = {
    width: box.clientWidth - 16,
    height: CHART_HEIGHT,
    // Zeros alone would be drawn up to 100, which a share calls 10,000 %.
    scales: {
      y: { range: flat ? [0, 1] : { min: { pad: 0, soft: 0, mode: 1 }, max: { pad: 0.1 } } },
    },
    axes: [{}, { size: 80, values: (_, ticks) => ticks.map((tick) => format(tick, panel.unit)) }],
    series: [
      {},
      ...panel.series.map(({ name, values }, index) => {
        const colour = COLOURS[index % COLOURS.length] ?? '';
        return {
          label: name,
          stroke: colour,
          width: 1,
          ...((panel.stacked || panel.bars) && { fill: `${colour}55` }),
          ...(paths !== undefined && { paths }),
          // The value itself, not the height of the stack it stands on.
          value: (_plot: uPlot, _sum: number, _series: number, at: number | null) =>
            format(at === null ? lastOf(values) : values[at], panel.unit),
        };
      }),
    ],
    hooks: { draw: [(plot) => drawThresholds(plot, panel)] },
  };
  box.append(new uPlot(options, [[...data.times], ...sums]).root);
}

function stack({ series }: PanelData): number[][] {
  const height = data.times.map(() => 0);
  return series.map(({ values }) =>
    values.map((value, index) => (height[index] = (height[index] ?? 0) + (value ?? 0))),
  );
}

function drawThresholds(plot: uPlot, { thresholds }: PanelData): void {
  const { ctx: canvas, bbox: area } = plot;
  for (const { value, colour } of thresholds) {
    const y = plot.valToPos(value, 'y', true);
    if (y < area.top || y > area.top + area.height) continue;
    canvas.save();
    canvas.strokeStyle = colour;
    canvas.setLineDash([6, 4]);
    canvas.beginPath();
    canvas.moveTo(area.left, y);
    canvas.lineTo(area.left + area.width, y);
    canvas.stroke();
    canvas.restore();
  }
}

function lastOf(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

function append<Name extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  name: Name,
  text: string,
): HTMLElementTagNameMap[Name] {
  const element = parent.appendChild(document.createElement(name));
  element.textContent = text;
  return element;
}
