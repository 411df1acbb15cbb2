/** The three percentiles of a histogram as queries of one panel: the usual wait, a bad one, the worst that counts. */
import type { Query } from './panels.ts';
import { BOARD, quantile } from './promql.ts';
import type { Matcher } from './promql.ts';

export function percentiles(
  histogram: string,
  by: readonly string[] = [],
  ...matchers: Matcher[]
): [Query, Query, Query] {
  const labels = by.map((label) => ` {{${label}}}`).join('');
  const query = (q: number, name: string): Query => ({
    expr: quantile(q, BOARD, histogram, by, ...matchers),
    legend: name + labels,
  });
  return [query(0.5, 'P50'), query(0.95, 'P95'), query(0.99, 'P99')];
}
