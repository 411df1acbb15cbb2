/** What k6 has counted so far, from its REST API. */
import { LOAD_METRICS } from '../../k6/lib/metric-names.ts';
import { listAt, numberAt, textAt } from '../verbs/json.ts';

export interface Counts {
  readonly vus: number;
  /** Since the start. */
  readonly answered: number;
  readonly rejected: number;
  readonly failed: number;
  readonly audioSeconds: number;
}

const ANSWER_MS = 2000;

/** `address` is host and port. Rejects while k6 is not there yet, or no longer. */
export async function readCounts(address: string): Promise<Counts> {
  const answer = await fetch(`http://${address}/v1/metrics`, {
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const body: unknown = await answer.json();
  const samples = new Map(
    listAt(body, 'data').map((metric) => [textAt(metric, 'id') ?? '', metric]),
  );
  const value = (name: string, key: string) =>
    numberAt(samples.get(name), 'attributes', 'sample', key) ?? 0;
  return {
    vus: value('vus', 'value'),
    answered: value(LOAD_METRICS.answered, 'count'),
    rejected: value(LOAD_METRICS.rejected, 'count'),
    failed: value(LOAD_METRICS.failed, 'count'),
    audioSeconds: value(LOAD_METRICS.audioSeconds, 'count'),
  };
}
