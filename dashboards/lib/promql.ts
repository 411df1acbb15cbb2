/** PromQL in small typed pieces, so that every selector, window and guard is written once. */

/** One matcher as PromQL writes it, e.g. `status=~"5.."`. */
export type Matcher = string;

/** Which series are meant, and over which window they are read. */
export interface Scope {
  readonly matchers: readonly Matcher[];
  readonly window: string;
}

/** What the variables of a board choose, over the window that fits the board's resolution. */
export const BOARD: Scope = {
  matchers: ['job=~"$job"', 'instance=~"$instance"'],
  window: '$__rate_interval',
};

export function select(
  scope: Pick<Scope, 'matchers'>,
  metric: string,
  ...extra: Matcher[]
): string {
  const matchers = [...scope.matchers, ...extra];
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(', ')}}`;
}

/** Per-second increase of a counter; survives restarts. Sum after it, never before. */
export function rate(scope: Scope, metric: string, ...extra: Matcher[]): string {
  return `rate(${select(scope, metric, ...extra)}[${scope.window}])`;
}

export function increase(scope: Scope, metric: string, ...extra: Matcher[]): string {
  return `increase(${select(scope, metric, ...extra)}[${scope.window}])`;
}

export function sum(expression: string, by: readonly string[] = []): string {
  return by.length === 0 ? `sum(${expression})` : `sum by (${by.join(', ')}) (${expression})`;
}

/** The highest one: an average over instances would hide the one that is in trouble. */
export function max(expression: string, by: readonly string[] = []): string {
  return by.length === 0 ? `max(${expression})` : `max by (${by.join(', ')}) (${expression})`;
}

/** The lowest one, where more is better. */
export function min(expression: string): string {
  return `min(${expression})`;
}

/**
 * Part over whole. A counter that never counted has no series, so a missing part is zero where there is a whole; without
 * a whole there is no answer instead of a division by zero.
 */
export function share(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / (${whole} > 0)`;
}

/** Each part over one whole that has no labels. */
export function shares(parts: string, whole: string): string {
  return `${parts} / scalar(${whole})`;
}

/** The complement of a share, so that good news goes up. */
export function complement(expression: string): string {
  return `1 - ${expression}`;
}

/** A quantile of a classic histogram over all instances; buckets add up, quantiles do not. */
export function quantile(
  q: number,
  scope: Scope,
  histogram: string,
  by: readonly string[] = [],
  ...extra: Matcher[]
): string {
  const buckets = rate(scope, `${histogram}_bucket`, ...extra);
  return `histogram_quantile(${q}, ${sum(buckets, ['le', ...by])})`;
}

/** Prometheus 3 writes the bound 1 as `1.0`, Prometheus 2 leaves it as it was sent: both are meant. */
export function bucketBound(bound: number): Matcher {
  return Number.isInteger(bound) ? `le=~"${bound}|${bound}\\\\.0"` : `le="${bound}"`;
}

/** Any of these values, taken literally. */
export function oneOf(label: string, values: readonly string[]): Matcher {
  return `${label}=~"${values.join('|')}"`;
}
