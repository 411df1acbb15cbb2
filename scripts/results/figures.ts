/** Figures that the page takes from samples. */
import { durationSeconds } from '../../k6/lib/durations.ts';
import type { Result, Sample } from '../load-test/result.ts';

type Service = NonNullable<Sample['service']>;
type Load = NonNullable<Sample['load']>;

export const parentBytesOf = ({ parentBytes }: Service) => parentBytes;
export const workersBytesOf = ({ workersBytes }: Service) => workersBytes;

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

/** From the jump of a closed mode until no worker is idle. */
const BUSY_AFTER_SECONDS = 4;

/** Answers a second while all users were there; null where that was not sampled. */
export function steadyRate(result: Result): number | null {
  const { rampUp, steady } = result.settings;
  const start = durationSeconds(rampUp) ?? 0;
  const end = start + (durationSeconds(steady) ?? 0);
  return rateBetween(result, start + BUSY_AFTER_SECONDS, end, ({ answered }) => answered);
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
