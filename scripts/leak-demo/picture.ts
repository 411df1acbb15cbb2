/** Both endpoints of a part in one picture. */
import type { Line, LineChart } from '../charts/line-chart.ts';
import { readable } from '../charts/quantity.ts';
import { totalRssBytes } from './memory.ts';
import type { MemorySample } from './memory.ts';
import type { Scenario } from './scenario.ts';
import { deathText } from './table.ts';
import type { Endpoint, Trial } from './trial.ts';

const NAMES: Readonly<Record<Endpoint, string>> = { threads: 'threads', isolated: 'isolated' };

/** `explanation` goes beneath the title. */
export function chartOf(
  scenario: Scenario,
  trials: readonly Trial[],
  title: string,
  explanation: string,
): LineChart {
  const { limitBytes } = scenario;
  return {
    title,
    note: explanation,
    x: { name: 'time since the load began', quantity: 'seconds' },
    left: { name: 'resident memory', quantity: 'bytes' },
    lines: [
      ...trials.map((trial) => ({
        ...lineOf(trial, `${NAMES[trial.endpoint]}: server and workers`, totalRssBytes),
        ...(trial.endpoint === 'isolated' && { style: 'area' as const }),
      })),
      ...trials.map((trial) => ({
        ...lineOf(
          trial,
          `${NAMES[trial.endpoint]}: server alone`,
          (sample) => sample.serverRssBytes,
        ),
        style: 'dashed' as const,
      })),
    ],
    marks: trials.flatMap(({ endpoint, death }) =>
      death === null
        ? []
        : [{ x: death.atMs / 1000, label: `${NAMES[endpoint]}: ${deathText(death)}` }],
    ),
    limits:
      limitBytes === null
        ? []
        : [
            {
              y: limitBytes,
              label: `limit of ${readable(limitBytes, 'bytes')} for server and workers`,
            },
          ],
  };
}

function lineOf(
  { samples, death }: Trial,
  name: string,
  bytesOf: (sample: MemorySample) => number,
): Line {
  const points = samples.map(({ atMs, value }): [number, number | null] => [
    atMs / 1000,
    value === null ? null : bytesOf(value),
  ]);
  // What could not be measured at or after the death is no gap.
  const until =
    death === null ? points : points.slice(0, 1 + points.findLastIndex(([, y]) => y !== null));
  const atLimit = death?.bytesAtLimit ?? null;
  const last =
    death !== null && atLimit !== null && bytesOf === totalRssBytes
      ? [[death.atMs / 1000, atLimit] as const]
      : [];
  return { name, points: [...until, ...last] };
}
