/** The use case: one spooled upload becomes one transcript, on the engine and in the place that were asked for. */
import type { EngineId, Isolation } from '../contract.ts';
import { AppError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import type { JobBudget, JobReply } from './job.ts';
import type { TranscriptionOptions } from './options.ts';
import type { RunResult, Runner } from './runner.ts';
import { toTranscript } from './transcript.ts';
import type { Transcript } from './transcript.ts';

/** Weight of the newest measurement in the running mean of the real-time factor. */
const SMOOTHING = 0.2;

export interface TranscriptionInput {
  readonly path: string;
  readonly bytes: number;
  /** Rough length of the recording in seconds, guessed without decoding. */
  readonly estimatedSeconds: number;
  readonly options: TranscriptionOptions;
  readonly isolation: Isolation;
  /** Path template of the route, a metric label. */
  readonly route: string;
  readonly requestId: string;
  /** `performance.now()` at the first byte of the request. */
  readonly startedAt: number;
  readonly uploadMs: number;
  readonly signal: AbortSignal;
}

export interface TranscriberOptions {
  readonly maxAudioSeconds: number;
  readonly requestBudgetMs: number | null;
  readonly fallbackEngine: EngineId | null;
  readonly metrics: Metrics;
  runnerFor(engine: EngineId, isolation: Isolation): Runner;
}

export interface Transcriber {
  /** Rejects with an `AppError`. */
  transcribe(input: TranscriptionInput): Promise<Transcript>;
}

export function createTranscriber(options: TranscriberOptions): Transcriber {
  const { metrics } = options;
  const realTimeFactors = new Map<EngineId, number>();

  async function runOn(engine: EngineId, input: TranscriptionInput): Promise<RunResult> {
    const runner = options.runnerFor(engine, input.isolation);
    const budget = budgetOf(input, options.requestBudgetMs, realTimeFactors.get(engine) ?? null);
    const deadline = budget === null ? null : createDeadline(budget);
    const signal =
      deadline === null ? input.signal : AbortSignal.any([input.signal, deadline.signal]);
    const labels = { engine, isolation: input.isolation };
    try {
      if (budget !== null) checkWait(runner.estimatedWaitMs, budget);
      const result = await runner.run(
        {
          path: input.path,
          bytes: input.bytes,
          language: input.options.language,
          maxAudioSeconds: options.maxAudioSeconds,
          budget,
        },
        { signal, costMs: input.estimatedSeconds * 1000 },
      );
      metrics.transcriptions.inc({ ...labels, outcome: 'ok' });
      metrics.engineRequests.inc({ engine, outcome: 'ok' });
      observe(engine, input, result);
      return result;
    } catch (error) {
      const outcome = error instanceof AppError ? error.code : 'internal';
      metrics.transcriptions.inc({ ...labels, outcome });
      metrics.engineRequests.inc({ engine, outcome });
      throw error;
    } finally {
      deadline?.clear();
    }
  }

  function observe(
    engine: EngineId,
    input: TranscriptionInput,
    { reply, queueMs }: RunResult,
  ): void {
    const workMs = reply.decodeMs + reply.transcribeMs;
    metrics.transcriptionDuration.observe({ engine, isolation: input.isolation }, workMs / 1000);
    metrics.decodeDuration.observe(reply.decodeMs / 1000);
    metrics.audioDuration.observe({ engine }, reply.audioSeconds);
    metrics.audioSeconds.inc({ engine }, reply.audioSeconds);
    if (reply.audioSeconds === 0) return;
    const factor = workMs / 1000 / reply.audioSeconds;
    const known = realTimeFactors.get(engine);
    realTimeFactors.set(
      engine,
      known === undefined ? factor : known + SMOOTHING * (factor - known),
    );
    metrics.realTimeFactor.observe({ engine }, reply.transcribeMs / 1000 / reply.audioSeconds);
    metrics.requestRealTimeFactor.observe(
      { route: input.route },
      (queueMs + workMs) / 1000 / reply.audioSeconds,
    );
  }

  /** The default engine may be stood in for while it does not start; an engine that was asked for by name may not. */
  async function runWithFallback(
    input: TranscriptionInput,
  ): Promise<{ engine: EngineId; result: RunResult }> {
    const { engine, engineNamed } = input.options;
    const fallback = engineNamed ? null : options.fallbackEngine;
    if (fallback === null) return { engine, result: await runOn(engine, input) };
    try {
      if (!options.runnerFor(engine, input.isolation).circuitOpen) {
        return { engine, result: await runOn(engine, input) };
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'engine_unavailable') throw error;
    }
    metrics.engineFallbacks.inc({ from: engine, to: fallback });
    return { engine: fallback, result: await runOn(fallback, input) };
  }

  return {
    async transcribe(input) {
      const { engine, result } = await runWithFallback(input);
      const transcript = toTranscript(result.reply, {
        engine,
        isolation: input.isolation,
        timings: timingsOf(input, result.reply, result.queueMs),
        request_id: input.requestId,
      });
      if (transcript.confidence !== null) {
        metrics.transcriptionConfidence.observe({ engine }, transcript.confidence);
      }
      return transcript;
    },
  };
}

function timingsOf(input: TranscriptionInput, reply: JobReply, queueMs: number) {
  return {
    upload_ms: Math.round(input.uploadMs),
    queue_ms: Math.round(queueMs),
    decode_ms: Math.round(reply.decodeMs),
    transcribe_ms: Math.round(reply.transcribeMs),
    total_ms: Math.round(performance.now() - input.startedAt),
  };
}

function budgetOf(
  input: TranscriptionInput,
  budgetMs: number | null,
  realTimeFactor: number | null,
): JobBudget | null {
  if (budgetMs === null) return null;
  const spent = performance.now() - input.startedAt;
  return { endsAt: Date.now() + budgetMs - spent, seconds: budgetMs / 1000, realTimeFactor };
}

function checkWait(estimatedWaitMs: number, budget: JobBudget): void {
  if (estimatedWaitMs <= budget.endsAt - Date.now()) return;
  throw new AppError(
    'queue_timeout',
    `About ${Math.ceil(estimatedWaitMs / 1000)} s of work wait ahead, more than the budget of ${budget.seconds} s ` +
      '(STT_REQUEST_BUDGET) allows. Try again later.',
    { retryAfterSeconds: estimatedWaitMs / 1000 },
  );
}

function createDeadline(budget: JobBudget): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const timer = setTimeout(
    () =>
      controller.abort(
        new AppError(
          'transcription_timeout',
          `The budget of ${budget.seconds} s (STT_REQUEST_BUDGET) ran out. Send the recording in shorter parts.`,
        ),
      ),
    Math.max(0, budget.endsAt - Date.now()),
  );
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
