/** How fast engines are lately, measured from their results, and the metrics of a result. */
import type { EngineId, Isolation } from '../contract.ts';
import type { Metrics } from '../metrics.ts';
import type { RunResult } from './runner.ts';

/** Weight of the newest measurement in the running mean of the real-time factor. */
const SMOOTHING = 0.2;

export interface Pace {
  /** Decode and engine seconds per second of audio, or null before the first result. */
  realTimeFactor(engine: EngineId): number | null;
  observe(
    result: RunResult,
    labels: { readonly engine: EngineId; readonly isolation: Isolation; readonly route: string },
  ): void;
}

export function createPace(metrics: Metrics): Pace {
  const factors = new Map<EngineId, number>();
  return {
    realTimeFactor: (engine) => factors.get(engine) ?? null,
    observe({ reply, queueMs }, { engine, isolation, route }) {
      const workMs = reply.decodeMs + reply.transcribeMs;
      metrics.transcriptionDuration.observe({ engine, isolation }, workMs / 1000);
      metrics.decodeDuration.observe(reply.decodeMs / 1000);
      metrics.audioDuration.observe({ engine }, reply.audioSeconds);
      metrics.audioSeconds.inc({ engine }, reply.audioSeconds);
      if (reply.audioSeconds === 0) return;
      const factor = workMs / 1000 / reply.audioSeconds;
      const known = factors.get(engine);
      factors.set(engine, known === undefined ? factor : known + SMOOTHING * (factor - known));
      metrics.realTimeFactor.observe({ engine }, reply.transcribeMs / 1000 / reply.audioSeconds);
      metrics.requestRealTimeFactor.observe(
        { route },
        (queueMs + workMs) / 1000 / reply.audioSeconds,
      );
    },
  };
}
