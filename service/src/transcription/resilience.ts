/** All that stands between a request and one engine: its circuit, its places, its retries and its rate. */
import { createBulkhead } from './bulkhead.ts';
import { createCircuit } from './circuit.ts';
import { createRate } from './rate.ts';
import { withRetries } from './retry.ts';
import type { RetryOptions } from './retry.ts';
import type { RunResult } from './runner.ts';

export interface ResilienceOptions {
  readonly engine: string;
  /** Calls at once over all places to run, or null where something else limits them. */
  readonly concurrency: number | null;
  readonly requestsPerMinute: number | null;
  /** How many may wait for one of `concurrency`, and how long in ms. */
  readonly queueSize: number;
  readonly queueTimeoutMs: number;
}

export interface EngineResilience {
  /**
   * Calls `attempt` once or more. The wait for a place is added to the result's `queueMs`.
   * Local engines fail without a reason, so they are tried once and never shut out.
   */
  run(attempt: () => Promise<RunResult>, options: RetryOptions): Promise<RunResult>;
  /** Seconds until the engine is asked again; null when it is asked now. */
  openSeconds(): number | null;
}

export function createResilience(options: ResilienceOptions): EngineResilience {
  const circuit = createCircuit(options.engine);
  const places = createBulkhead(options);
  const rate = createRate(options.engine, options.requestsPerMinute);

  return {
    openSeconds: () => circuit.openSeconds(),
    async run(attempt, retryOptions) {
      // Refused before it waits for a place; and after it, inside `run`, for what happened meanwhile.
      const refusal = circuit.refusal();
      if (refusal !== null) throw refusal;
      return places.run(async (waitedMs) => {
        const result = await circuit.run(() =>
          withRetries(async () => {
            await rate.take();
            return attempt();
          }, retryOptions),
        );
        return { ...result, queueMs: result.queueMs + waitedMs };
      }, retryOptions.signal);
    },
  };
}
