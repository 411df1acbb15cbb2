/** One transcription as it travels to where an engine runs, and its result on the way back. JSON-safe. */

import type { Segment } from '../engines/engine.ts';

export interface JobRequest {
  /** Absolute path of the spooled upload. */
  readonly path: string;
  readonly bytes: number;
  /** BCP-47 tag or `auto`. */
  readonly language: string;
  readonly maxAudioSeconds: number;
  /** What is left of `STT_REQUEST_BUDGET` when the job is made, or null. */
  readonly budget: JobBudget | null;
  /** Short-lived bearer token for a remote engine, or null for one that needs none. A secret: never log a request. */
  readonly token: string | null;
}

export interface JobBudget {
  /** Wall-clock end in ms since the epoch: the clock that all processes of a host share. */
  readonly endsAt: number;
  /** The configured budget in seconds, for the sentence of a refusal. */
  readonly seconds: number;
  /** Engine seconds per second of audio as measured lately, or null when nothing is known yet. */
  readonly realTimeFactor: number | null;
}

export interface JobReply {
  readonly segments: readonly Segment[];
  readonly language: string;
  /** Decoded length, not what the container claims. */
  readonly audioSeconds: number;
  readonly decodeMs: number;
  readonly transcribeMs: number;
}
