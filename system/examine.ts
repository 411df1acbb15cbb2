/** Asks a query as a panel would, and says in a sentence what is wrong with the answer. */
import { noDataReason } from './no-data.ts';
import type { Prometheus, Series } from './prometheus.ts';
import type { Query } from './queries.ts';
import { withVariables } from './variables.ts';

export interface Window {
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
}

export interface Finding {
  /** Series in the answer to the range query. */
  readonly series: number;
  /** Null when all is well. */
  readonly complaint: string | null;
}

export async function examine(
  prometheus: Prometheus,
  query: Query,
  { from, to }: Window,
): Promise<Finding> {
  const { place } = query;
  let instant: readonly Series[];
  let range: readonly Series[];
  let missing: string[];
  try {
    const expression = await withVariables(prometheus, query);
    missing = await unexported(prometheus, expression);
    instant = await prometheus.instant(expression);
    range = await prometheus.range(expression, from, to);
  } catch (error) {
    return { series: 0, complaint: `${place}: ${(error as Error).message}` };
  }
  const series = range.length;
  const reason = noDataReason(query);
  const hasData = [...instant, ...range].some(isDrawn);
  if (reason !== null && hasData) {
    return { series, complaint: `${place} has data: take it off the list in system/no-data.ts.` };
  }
  if (reason !== null) return { series, complaint: null };
  if (missing.length > 0) {
    return {
      series,
      complaint: `${place} asks for ${missing.join(', ')}, which nobody exports.`,
    };
  }
  if (!hasData && !query.mayBeEmpty) {
    return { series, complaint: `${place} has no data: ${query.expression}` };
  }
  return { series, complaint: null };
}

/** A panel draws nothing for values that are not a number. */
function isDrawn({ values }: Series): boolean {
  return values.some(([, value]) => value !== 'NaN');
}

/** Metrics of an expression that neither a series nor a `# TYPE` line has. */
async function unexported(prometheus: Prometheus, query: string): Promise<string[]> {
  const named = new Set<string>();
  collectNames(await prometheus.ask('parse_query', { query }), named);
  const stored = new Set(await prometheus.ask<string[]>('label/__name__/values'));
  const described = await prometheus.ask<Record<string, object>>('metadata');
  return [...named].filter(
    (name) =>
      !stored.has(name) && !Object.hasOwn(described, name.replace(/_(bucket|sum|count)$/, '')),
  );
}

/** Walks the syntax tree that Prometheus gives for an expression. */
function collectNames(node: unknown, names: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, name } = node as { type?: unknown; name?: unknown };
  if ((type === 'vectorSelector' || type === 'matrixSelector') && typeof name === 'string') {
    if (name !== '') names.add(name);
  }
  for (const child of Object.values(node)) collectNames(child, names);
}
