/** The queue that every place to run has alike. */
import type { Config } from '../config.ts';
import type { QueueOptions } from '../pool/index.ts';

/** Recordings estimated up to this length, in ms, use the short lane of a queue. */
const SHORT_JOB_MS = 30_000;

export function queueOptions(settings: Config['pool']): QueueOptions {
  return {
    maxCount: settings.queueSize,
    maxWaitMs: settings.queueTimeoutMs,
    shortCostMs: SHORT_JOB_MS,
  };
}
