/** The figures of both endpoints as a table that reads in a terminal and in Markdown. */
import { readable } from '../charts/quantity.ts';
import type { Figures } from './figures.ts';
import { ENDPOINTS } from './trial.ts';
import type { Death } from './trial.ts';

const NONE = '–';

const COLUMNS: readonly (readonly [title: string, cell: (figures: Figures) => string])[] = [
  ['endpoint', ({ endpoint }) => ENDPOINTS[endpoint]],
  ['answered', ({ answered, planned }) => `${answered} of ${planned}`],
  ['not answered', notAnswered],
  ['took', ({ durationMs }) => readable(durationMs / 1000, 'seconds')],
  [
    'server, first to last',
    ({ serverStartBytes, serverEndBytes }) =>
      `${bytes(serverStartBytes)} → ${bytes(serverEndBytes)}`,
  ],
  ['its growth per 100 requests', ({ serverGrowthPer100 }) => growth(serverGrowthPer100)],
  ['peak of all processes', ({ peakBytes }) => bytes(peakBytes)],
  ['peak, shared pages once', ({ peakPssBytes }) => bytes(peakPssBytes)],
  ['workers replaced', ({ recycles }) => (recycles === null ? NONE : String(recycles))],
  ['the service', ({ death }) => (death === null ? 'lived' : deathText(death))],
];

export function tableOf(all: readonly Figures[]): string {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...all.map((figures) => COLUMNS.map(([, cell]) => cell(figures))),
  ];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...rows.map((row) => Array.from(row[column] ?? '').length)),
  );
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell + fill.repeat((widths[column] ?? 0) - Array.from(cell).length)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...body.map((row) => line(row)),
  ].join('\n');
}

/** Such as `killed at the memory limit after 19 s, at request 10`. */
export function deathText({ atMs, afterRequests, byLimit, how }: Death): string {
  const when = `after ${readable(atMs / 1000, 'seconds')}, at request ${afterRequests + 1}`;
  return byLimit ? `killed at the memory limit ${when}` : `gone (${how}) ${when}`;
}

function notAnswered({ refused, lost, unsent }: Figures): string {
  const parts = [
    ...(lost > 0 ? [`${lost} lost in flight`] : []),
    ...(refused > 0 ? [`${refused} with an error`] : []),
    ...(unsent > 0 ? [`${unsent} never sent`] : []),
  ];
  return parts.length === 0 ? '0' : parts.join(', ');
}

function bytes(value: number | null): string {
  return value === null ? NONE : readable(value, 'bytes');
}

function growth(value: number | null): string {
  if (value === null) return NONE;
  return `${value < 0 ? '−' : '+'}${readable(Math.abs(value), 'bytes')}`;
}
