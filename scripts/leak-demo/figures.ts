/** What a trial comes down to. */
import { totalRssBytes } from './memory.ts';
import type { Death, Endpoint, Trial } from './trial.ts';

export interface Figures {
  readonly endpoint: Endpoint;
  readonly planned: number;
  readonly answered: number;
  /** Answered with another status than 200. */
  readonly refused: number;
  /** In flight when the service died, or never answered for another reason. */
  readonly lost: number;
  /** Not sent: the service was dead, or the time was over. */
  readonly unsent: number;
  readonly durationMs: number;
  /** Null without a sample. */
  readonly serverStartBytes: number | null;
  readonly serverEndBytes: number | null;
  /** Of server and workers together. */
  readonly peakBytes: number | null;
  readonly peakPssBytes: number | null;
  /** Of the server's memory, by the second half of the load; null with too few samples. */
  readonly serverGrowthPer100: number | null;
  readonly recycles: number | null;
  readonly crashes: number | null;
  readonly death: Death | null;
}

const MIN_TREND_SAMPLES = 6;

export function figuresOf(trial: Trial): Figures {
  const { endpoint, planned, requests, durationMs, recycles, crashes, death } = trial;
  const count = (wanted: string) => requests.filter(({ outcome }) => outcome === wanted).length;
  const taken = trial.samples.flatMap(({ value }) => (value === null ? [] : [value]));
  const totals = [
    ...taken.map(totalRssBytes),
    ...(death?.bytesAtLimit ? [death.bytesAtLimit] : []),
  ];
  const shares = taken.flatMap(({ totalPssBytes }) => totalPssBytes ?? []);
  return {
    endpoint,
    planned,
    answered: count('answered'),
    refused: count('refused'),
    lost: count('lost'),
    unsent: planned - requests.length,
    durationMs,
    serverStartBytes: taken[0]?.serverRssBytes ?? null,
    serverEndBytes: taken.at(-1)?.serverRssBytes ?? null,
    peakBytes: totals.length === 0 ? null : Math.max(...totals),
    peakPssBytes: shares.length === 0 ? null : Math.max(...shares),
    serverGrowthPer100: growthPer100(trial),
    recycles,
    crashes,
    death,
  };
}

/**
 * The straight line through the server's memory over the number of requests that were over, in the second half of the
 * load: what is loaded and warmed up at the beginning is no leak. Of a service that died, through all of it.
 */
function growthPer100({ samples, requests, death, durationMs }: Trial): number | null {
  const endings = requests.map(({ endedMs }) => endedMs).toSorted((one, other) => one - other);
  const from = death === null ? durationMs / 2 : 0;
  const points = samples.flatMap(({ atMs, value }): (readonly [number, number])[] =>
    value === null || atMs < from
      ? []
      : [[endings.filter((endedMs) => endedMs <= atMs).length, value.serverRssBytes]],
  );
  if (points.length < MIN_TREND_SAMPLES) return null;
  const slope = slopeOf(points);
  return slope === null ? null : slope * 100;
}

/** Of the least squares; null where all have the same x. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number | null {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const meanX = mean(([x]) => x);
  const meanY = mean(([, y]) => y);
  const spread = mean(([x]) => (x - meanX) ** 2);
  return spread === 0 ? null : mean(([x, y]) => (x - meanX) * (y - meanY)) / spread;
}
