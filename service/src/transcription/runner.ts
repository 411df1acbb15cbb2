/** A place where jobs run: subprocess, thread or main thread. Every one queues, limits and cancels alike. */
import type { JobReply, JobRequest } from './job.ts';

export interface RunOptions {
  /** Aborting it ends the job: a queued one leaves the queue, a running one is stopped. */
  readonly signal: AbortSignal;
  /** Estimated length of the recording in ms; decides the lane and the admission. */
  readonly costMs: number;
}

export interface RunResult {
  readonly reply: JobReply;
  readonly queueMs: number;
}

export interface Runner {
  /** Rejects with an `AppError`. */
  run(request: JobRequest, options: RunOptions): Promise<RunResult>;
  /** Loads what a first job would otherwise wait for. Idempotent. */
  start(): Promise<void>;
  /** Whether a job given now would be worked on: null, or a sentence that says why not. */
  unreadyReason(): string | null;
  /** Whether jobs are refused because the engine does not start. */
  readonly circuitOpen: boolean;
  /** Expected wait of a new job in ms. */
  readonly estimatedWaitMs: number;
  /** JSON for `/status`. */
  status(): object;
  /** Refuses new and queued jobs, lets running ones finish for `graceMs`, then ends them. Idempotent. */
  drain(graceMs: number): Promise<void>;
}
