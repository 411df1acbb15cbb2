/** The use case: one spooled upload becomes one transcript, on the engine and in the place that were asked for. */
import type { EngineId, Isolation } from '../contract.ts';
import { AppError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import { cancelledBy } from './cancelled.ts';
import { createDeadline } from './deadline.ts';
import type { Deadline } from './deadline.ts';
import type { JobReply } from './job.ts';
import type { TranscriptionOptions } from './options.ts';
import { createPace } from './pace.ts';
import type { EngineResilience } from './resilience.ts';
import type { RunResult, Runner } from './runner.ts';
import type { TokenSource } from './token-source.ts';
import { toTranscript } from './transcript.ts';
import type { Transcript } from './transcript.ts';

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
  /** Milliseconds after which a request without a budget is neither tried again nor handed to the fallback. */
  readonly patienceMs: number;
  readonly fallbackEngine: EngineId | null;
  readonly metrics: Metrics;
  runnerFor(engine: EngineId, isolation: Isolation): Runner;
  resilienceOf(engine: EngineId): EngineResilience;
  /** Null for an engine that needs no token. */
  tokensFor(engine: EngineId): TokenSource | null;
  /** Whether the fallback engine understands a BCP-47 tag, or `auto`. */
  fallbackSpeaks(language: string): boolean;
}

export interface Transcriber {
  /** Rejects with an `AppError`. */
  transcribe(input: TranscriptionInput): Promise<Transcript>;
}

export function createTranscriber(options: TranscriberOptions): Transcriber {
  const { metrics } = options;
  const pace = createPace(metrics);

  /** The request on one engine, with all its tries. */
  async function runOn(
    engine: EngineId,
    input: TranscriptionInput,
    { endsAt, signal, budgetFor }: Deadline,
  ): Promise<RunResult> {
    const runner = options.runnerFor(engine, input.isolation);
    const tokens = options.tokensFor(engine);
    let token: string | null = null;

    async function attempt(): Promise<RunResult> {
      token = null;
      try {
        const budget = budgetFor(pace.realTimeFactor(engine), runner.estimatedWaitMs);
        if (tokens !== null) token = await takeToken(tokens, signal);
        const result = await runner.run(
          {
            path: input.path,
            bytes: input.bytes,
            language: input.options.language,
            maxAudioSeconds: options.maxAudioSeconds,
            budget,
            token,
          },
          { signal, costMs: input.estimatedSeconds * 1000 },
        );
        metrics.engineRequests.inc({ engine, outcome: 'ok' });
        return result;
      } catch (error) {
        const reason = error instanceof AppError ? error.reason : undefined;
        metrics.engineRequests.inc({ engine, outcome: reason ?? outcomeOf(error) });
        throw error;
      }
    }

    function renewToken(): boolean {
      if (tokens === null || token === null) return false;
      tokens.invalidate(token);
      return true;
    }

    return options.resilienceOf(engine).run(attempt, { signal, endsAt, renewToken });
  }

  /** The engine that may stand in for the request's own. One that was asked for by name may not be stood in for. */
  function fallbackOf({ options: { engineNamed, language } }: TranscriptionInput): EngineId | null {
    return engineNamed || !options.fallbackSpeaks(language) ? null : options.fallbackEngine;
  }

  async function runWithFallback(
    input: TranscriptionInput,
    deadline: Deadline,
    turnTo: (engine: EngineId) => void,
  ): Promise<RunResult> {
    const { engine } = input.options;
    const fallback = fallbackOf(input);
    if (fallback === null || !options.runnerFor(engine, input.isolation).circuitOpen) {
      try {
        return await runOn(engine, input, deadline);
      } catch (error) {
        if (fallback === null || !othersMayDo(error, deadline)) throw error;
      }
    }
    metrics.engineFallbacks.inc({ from: engine, to: fallback });
    turnTo(fallback);
    return runOn(fallback, input, deadline);
  }

  return {
    async transcribe(input) {
      let { engine } = input.options;
      const { isolation } = input;
      const deadline = createDeadline(input.startedAt, input.signal, {
        budgetMs: options.requestBudgetMs,
        patienceMs: options.patienceMs,
      });
      try {
        const result = await runWithFallback(input, deadline, (fallback) => {
          engine = fallback;
        });
        metrics.transcriptions.inc({ engine, isolation, outcome: 'ok' });
        pace.observe(result, { engine, isolation, route: input.route });
        const transcript = toTranscript(result.reply, {
          engine,
          isolation,
          timings: timingsOf(input, result.reply, result.queueMs),
          request_id: input.requestId,
        });
        if (transcript.confidence !== null) {
          metrics.transcriptionConfidence.observe({ engine }, transcript.confidence);
        }
        return transcript;
      } catch (error) {
        metrics.transcriptions.inc({ engine, isolation, outcome: outcomeOf(error) });
        throw error;
      } finally {
        deadline.clear();
      }
    },
  };
}

/** Whether the failure is the engine's own, so that another one may succeed, and there is time left for it. */
function othersMayDo(error: unknown, { signal, endsAt }: Deadline): boolean {
  if (signal.aborted || Date.now() >= endsAt || !(error instanceof AppError)) return false;
  return error.reason !== undefined || error.code === 'engine_unavailable';
}

async function takeToken(tokens: TokenSource, signal: AbortSignal): Promise<string> {
  try {
    return await tokens.token(signal);
  } catch (error) {
    throw signal.aborted ? cancelledBy(signal) : error;
  }
}

function outcomeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'internal';
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
