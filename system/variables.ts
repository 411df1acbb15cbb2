/** Fills in what Grafana would: its own variables as for a short window, those of a board with the values they have. */
import type { Prometheus } from './prometheus.ts';
import type { Query, Variable } from './queries.ts';

/** What the service's metrics are scraped as. */
export const JOB = 'stt-service';

const OWN: Readonly<Record<string, string>> = {
  __rate_interval: '15s',
  __interval: '5s',
  __range: '1m',
  __range_s: '60',
  __interval_ms: '5000',
  __range_ms: '60000',
  job: JOB,
};
const REFERENCE = /\$(?:\{(\w+)(?::\w+)?\}|(\w+))|\[\[(\w+)\]\]/g;

/** Rejects with a sentence when a variable is unknown, or has no values. */
export async function withVariables(prometheus: Prometheus, query: Query): Promise<string> {
  let filled = query.expression;
  for (const [reference, braced, bare, bracketed] of query.expression.matchAll(REFERENCE)) {
    const name = braced ?? bare ?? bracketed ?? '';
    const value = OWN[name] ?? (await valueOf(prometheus, query, name));
    filled = filled.replaceAll(reference, () => value);
  }
  return filled;
}

async function valueOf(prometheus: Prometheus, query: Query, name: string): Promise<string> {
  const variable = query.variables.find((candidate) => candidate.name === name);
  if (variable === undefined) throw new Error(`${query.place} uses $${name}, which nobody sets.`);
  const values =
    variable.type === 'query'
      ? await labelValues(prometheus, queryOf(variable))
      : [variable.current?.value ?? queryOf(variable).split(',')].flat();
  if (values.length === 0) throw new Error(`${query.place} uses $${name}, which has no values.`);
  return values.length === 1 ? values.join('') : `(${values.map(escaped).join('|')})`;
}

function queryOf({ query }: Variable): string {
  return (typeof query === 'object' ? query.query : query) ?? '';
}

/** The answer to Grafana's `label_values(<selector>, <label>)`. */
async function labelValues(prometheus: Prometheus, text: string): Promise<string[]> {
  const [, selector, label] = /^label_values\((?:(.*),)?\s*(\w+)\s*\)$/s.exec(text.trim()) ?? [];
  if (label === undefined) throw new Error(`"${text}" is no label_values(…)`);
  // A selector may name other variables, which then take every value.
  const match = selector?.replaceAll(REFERENCE, '.+').trim();
  return prometheus.ask<string[]>(`label/${label}/values`, match ? { 'match[]': match } : {});
}

/** As Grafana does inside a quoted regular expression. */
function escaped(value: string): string {
  return value.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\\$&`);
}
