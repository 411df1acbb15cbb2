/** One endpoint under load: a service of its own, the load, and what its memory did meanwhile. */
import { PATHS } from '../../service/src/contract.ts';
import { startRunningService } from '../measure/running-service.ts';
import type { LimitKind } from '../measure/running-service.ts';
import { startSampler } from '../measure/sampler.ts';
import type { Sample } from '../measure/sampler.ts';
import { readStatus } from '../measure/status.ts';
import { runLoad } from './load.ts';
import type { RequestRecord } from './load.ts';
import { sampleMemory } from './memory.ts';
import type { MemorySample } from './memory.ts';
import type { Scenario } from './scenario.ts';

const SAMPLE_EVERY_MS = 300;
const MAX_SAMPLES = 600;
const DEATH_IS_KNOWN_MS = 2000;

/** Where a request of the endpoint is transcribed. */
export const ENDPOINTS = {
  threads: PATHS.transcriptions,
  isolated: PATHS.transcriptionsIsolated,
} as const;
export type Endpoint = keyof typeof ENDPOINTS;

export interface Death {
  /** Milliseconds since the load began. */
  readonly atMs: number;
  /** How many had been answered, or refused, by then. */
  readonly afterRequests: number;
  readonly byLimit: boolean;
  /** Such as SIGKILL, or the exit code. */
  readonly how: string;
  /** Of server and workers, where the watcher ended them. */
  readonly bytesAtLimit: number | null;
}

export interface Trial {
  readonly endpoint: Endpoint;
  /** How many were to be sent. */
  readonly planned: number;
  readonly requests: readonly RequestRecord[];
  readonly samples: readonly Sample<MemorySample>[];
  readonly durationMs: number;
  readonly limitKind: LimitKind | null;
  /** Null where the service lived. */
  readonly death: Death | null;
  /** Null where the service died. */
  readonly recycles: number | null;
  readonly crashes: number | null;
}

export interface TrialProgress {
  /** Over, whatever came of them. */
  readonly ended: number;
  readonly elapsedMs: number;
  readonly memory: MemorySample | null;
}

/** Rejects with `Refusal` where the service does not start. That it dies under the load is a result. */
export async function runTrial(
  endpoint: Endpoint,
  scenario: Scenario,
  clips: readonly File[],
  onProgress: (progress: TrialProgress) => void,
): Promise<Trial> {
  const { env, limitBytes } = scenario;
  const service = await startRunningService({
    env,
    ...(limitBytes !== null && { memoryLimitBytes: limitBytes }),
  });
  const over = new AbortController();
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  let ended = 0;
  const found: { death: Death | null } = { death: null };
  const watchDeath = async () => {
    const { exitCode, signal, byLimit, bytesAtLimit } = await service.exited;
    // That it ends when it is told to is no death.
    if (over.signal.aborted) return;
    const how = signal ?? `exit code ${exitCode}`;
    found.death = { atMs: elapsed(), afterRequests: ended, byLimit, how, bytesAtLimit };
    over.abort();
  };
  const dying = watchDeath();
  const sampler = startSampler(
    () => {
      const memory = sampleMemory(service.pid);
      onProgress({ ended, elapsedMs: elapsed(), memory });
      return memory;
    },
    { everyMs: SAMPLE_EVERY_MS, maxSamples: MAX_SAMPLES },
  );
  try {
    const requests = await runLoad({
      ...scenario,
      url: service.url + ENDPOINTS[endpoint],
      clips,
      over: over.signal,
      onEnd: ({ outcome }) => {
        if (outcome !== 'lost') ended += 1;
      },
    });
    const durationMs = elapsed();
    // A connection breaks a little before the end of the process is known.
    if (requests.some(({ outcome }) => outcome === 'lost')) {
      await Promise.race([dying, Bun.sleep(DEATH_IS_KNOWN_MS)]);
    }
    await sampler.stop();
    const { death } = found;
    const status = death === null ? await readStatus(service.statusUrl).catch(() => null) : null;
    return {
      endpoint,
      planned: scenario.requests,
      requests,
      samples: sampler.samples(),
      durationMs,
      limitKind: service.limitKind,
      death,
      recycles: status?.recycles ?? null,
      crashes: status?.crashes ?? null,
    };
  } finally {
    over.abort();
    await sampler.stop();
    await service.stop();
  }
}
