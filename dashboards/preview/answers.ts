/** Asks a Prometheus what each panel of the boards asks. */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { BOARDS } from '../index.ts';
import type { BoardData, PageData, PanelData, Series } from './panel-data.ts';

export interface Range {
  /** Seconds since 1970. */
  readonly end: number;
  readonly minutes: number;
  /** What `$__rate_interval` stands for; at least four scrapes. */
  readonly rateSeconds: number;
}

interface Matrix {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

const POINTS = 240;

export async function askAll(prometheus: string, range: Range): Promise<PageData> {
  const step = Math.max(1, Math.round((range.minutes * 60) / POINTS));
  const start = Math.floor((range.end - range.minutes * 60) / step) * step;
  // A short range has fewer points than it might: a step is a second at least, and nothing lies in the future.
  const points = Math.floor((range.end - start) / step) + 1;
  const times = Array.from({ length: points }, (_, index) => start + index * step);
  const ask = async (query: Dataquery): Promise<Series[]> => {
    const parameters = new URLSearchParams({
      query: withoutVariables(query.expr, range.rateSeconds),
      start: String(start),
      end: String(times.at(-1)),
      step: String(step),
    });
    const response = await fetch(new URL(`/api/v1/query_range?${parameters}`, prometheus));
    const matrix = (await response.json()) as Matrix;
    if (matrix.status !== 'success') {
      throw new Error(`${prometheus} refused ${query.expr}: ${matrix.error ?? response.status}`);
    }
    return (matrix.data?.result ?? []).map(({ metric, values }) => ({
      name: legendOf(query.legendFormat ?? '', metric),
      values: onGrid(values, times),
    }));
  };
  const boards: BoardData[] = [];
  for (const board of BOARDS) boards.push(await answersOf(board.build(), ask));
  return { times, boards };
}

/** Everything the data source has: `.+` is what "All" means on the boards. */
export function withoutVariables(expr: string, rateSeconds: number): string {
  return expr.replaceAll('$__rate_interval', `${rateSeconds}s`).replaceAll(/"\$\w+"/g, '".+"');
}

export function legendOf(format: string, metric: Readonly<Record<string, string>>): string {
  return format.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '');
}

/** Prometheus leaves steps without a value out. */
export function onGrid(
  values: readonly (readonly [number, string])[],
  times: readonly number[],
): (number | null)[] {
  const known = new Map(values.map(([time, value]) => [Math.round(time), Number(value)]));
  return times.map((time) => {
    const value = known.get(time);
    return value === undefined || !Number.isFinite(value) ? null : value;
  });
}

async function answersOf(
  board: Dashboard,
  ask: (query: Dataquery) => Promise<Series[]>,
): Promise<BoardData> {
  const rows: { title: string; panels: PanelData[] }[] = [];
  for (const entry of board.panels ?? []) {
    if (entry.type !== 'row') {
      rows.at(-1)?.panels.push(await answerOf(entry as Panel, ask));
      continue;
    }
    const row = { title: entry.title ?? '', panels: [] as PanelData[] };
    rows.push(row);
    if ('panels' in entry) {
      for (const panel of entry.panels) row.panels.push(await answerOf(panel, ask));
    }
  }
  return { title: board.title ?? '', description: board.description ?? '', rows };
}

async function answerOf(
  panel: Panel,
  ask: (query: Dataquery) => Promise<Series[]>,
): Promise<PanelData> {
  const answers = await Promise.all(((panel.targets ?? []) as Dataquery[]).map(ask));
  const { custom, thresholds, unit } = panel.fieldConfig?.defaults ?? {};
  return {
    title: panel.title ?? '',
    description: panel.description ?? '',
    unit: unit ?? '',
    kind: panel.type === 'stat' || panel.type === 'heatmap' ? panel.type : 'timeseries',
    span: panel.gridPos?.w ?? 12,
    stacked: custom?.stacking?.mode === 'normal',
    bars: custom?.drawStyle === 'bars',
    thresholds: (thresholds?.steps ?? []).flatMap(({ value, color }) =>
      value === null ? [] : [{ value, colour: color }],
    ),
    series: answers.flat(),
  };
}
