/** Figures that the page takes from samples. */
import type { Result, Sample } from '../load-test/result.ts';

type Service = NonNullable<Sample['service']>;
type Load = NonNullable<Sample['load']>;

/** Largest value of the samples; null without any. */
export function peak({ samples }: Result, of: (service: Service) => number): number | null {
  const values = samples.flatMap(({ service }) => (service === null ? [] : [of(service)]));
  return values.length === 0 ? null : Math.max(...values);
}

/** Mean between two shares of the run, 0..1; null where nothing was sampled there. */
export function meanBetween(
  { samples }: Result,
  [from, to]: readonly [number, number],
  of: (service: Service) => number,
): number | null {
  const last = samples.at(-1)?.second ?? 0;
  const values = samples.flatMap(({ second, service }) =>
    service !== null && second >= from * last && second <= to * last ? [of(service)] : [],
  );
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How many a second between two moments, in seconds since the start; null where they were not sampled. */
export function rateBetween(
  { samples }: Result,
  from: number,
  to: number,
  of: (load: Load) => number,
): number | null {
  const known = samples.flatMap(({ second, load }) =>
    load !== null && second >= from && second <= to ? [{ second, count: of(load) }] : [],
  );
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || last.second <= first.second) return null;
  return (last.count - first.count) / (last.second - first.second);
}
