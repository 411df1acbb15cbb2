import { describe, expect, it } from 'vitest';
import { ENGINE_FAILURES, METRIC_SCHEMA, METRICS } from './contract.ts';
import { FAILURE_REASONS } from './errors.ts';
import { createMetrics } from './metrics.ts';

describe('the metrics', () => {
  it('have the names, types and labels that the contract says', () => {
    const exported = createMetrics()
      .registry.getMetricsAsArray()
      .filter(({ name }) => name.startsWith('stt_'))
      .map((metric) => ({
        name: metric.name,
        type: metric.constructor.name.toLowerCase(),
        labels: 'labelNames' in metric ? metric.labelNames : undefined,
      }));
    const promised = Object.entries(METRIC_SCHEMA).map(([key, { type, labels }]) => ({
      name: METRICS[key as keyof typeof METRICS],
      type,
      labels,
    }));
    expect(exported.toSorted(byName)).toEqual(promised.toSorted(byName));
  });

  it('tell the failures of remote engines apart by the reasons that errors have', () => {
    expect(ENGINE_FAILURES).toEqual(FAILURE_REASONS);
  });
});

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name.localeCompare(other.name);
}
