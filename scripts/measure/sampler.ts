/** Takes a measurement again and again while something else runs. */
import { pause } from './pause.ts';

export interface Sample<Value> {
  /** Milliseconds from the start of the sampler to the start of the measurement. */
  readonly atMs: number;
  /** Null where the measurement failed. */
  readonly value: Value | null;
}

export interface SamplerOptions {
  readonly everyMs: number;
  /** When so many are kept, every second is dropped and half as many are taken from then on. At least 2. */
  readonly maxSamples: number;
}

export interface Sampler<Value> {
  /** So far, in the order of time. */
  samples(): readonly Sample<Value>[];
  /** Resolves when the measurement that runs, if any, is over; none is taken after that. */
  stop(): Promise<void>;
}

/** The first measurement is taken at once. One that takes longer than `everyMs` is waited for: they never overlap. */
export function startSampler<Value>(
  take: () => Value | Promise<Value>,
  { everyMs, maxSamples }: SamplerOptions,
): Sampler<Value> {
  const startedAt = performance.now();
  const stopping = new AbortController();
  let samples: Sample<Value>[] = [];
  let spacingMs = everyMs;
  let dueMs = 0;

  const loop = async () => {
    while (!stopping.signal.aborted) {
      const atMs = performance.now() - startedAt;
      samples.push({ atMs, value: await valueOrNull(take) });
      if (samples.length >= Math.max(2, maxSamples)) {
        samples = samples.filter((_, index) => index % 2 === 0);
        spacingMs *= 2;
      }
      const nowMs = performance.now() - startedAt;
      // On a grid, so that delays do not add up; what was missed meanwhile is left out.
      dueMs += spacingMs * Math.max(1, Math.ceil((nowMs - dueMs) / spacingMs));
      await pause(dueMs - nowMs, stopping.signal);
    }
  };
  const over = loop();

  return {
    samples: () => [...samples],
    async stop() {
      stopping.abort();
      await over;
    },
  };
}

async function valueOrNull<Value>(take: () => Value | Promise<Value>): Promise<Value | null> {
  try {
    return await take();
  } catch {
    return null;
  }
}
