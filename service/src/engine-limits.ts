/** One resilience object for each engine, with the limits that the configuration sets. */
import type { Config } from './config.ts';
import type { EngineId } from './contract.ts';
import { isAzure } from './engines/registry.ts';
import { createResilience } from './transcription/resilience.ts';
import type { EngineResilience } from './transcription/resilience.ts';

/** Engines on this host need no limits here: their processes and threads are limits enough. */
export function createEngineLimits(
  config: Pick<Config, 'azure' | 'pool' | 'threads'>,
): (engine: EngineId) => EngineResilience {
  const { azure, pool, threads } = config;
  const known = new Map<EngineId, EngineResilience>();
  const slots = (pool.enabled ? pool.size : 0) + threads + 1;

  function create(engine: EngineId): EngineResilience {
    return createResilience({
      engine,
      // Where fewer can run than may, waiting is left to the queues of the places to run, which know more.
      concurrency:
        azure !== null && isAzure(engine) && azure.concurrency < slots ? azure.concurrency : null,
      requestsPerMinute: engine === 'azure-fast' ? (azure?.fastRequestsPerMinute ?? null) : null,
      queueSize: pool.queueSize,
      queueTimeoutMs: pool.queueTimeoutMs,
    });
  }

  return (engine) => {
    const resilience = known.get(engine) ?? create(engine);
    known.set(engine, resilience);
    return resilience;
  };
}
