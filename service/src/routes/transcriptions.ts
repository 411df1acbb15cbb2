/** The three native transcription routes: the same request and answer, three places to run. */
import { Elysia } from 'elysia';
import { HEADERS, PATHS } from '../contract.ts';
import type { Isolation } from '../contract.ts';
import { AppError } from '../errors.ts';
import type { Metrics } from '../metrics.ts';
import { estimateSeconds } from '../transcription/estimate-seconds.ts';
import { readOptions } from '../transcription/options.ts';
import type { OptionRules } from '../transcription/options.ts';
import type { Timings, Transcript } from '../transcription/transcript.ts';
import type { Transcriber } from '../transcription/transcribe.ts';
import { clientClosed } from '../upload/body-reader.ts';
import type { BodyLimits } from '../upload/body-reader.ts';
import { receiveUpload } from '../upload/receive.ts';
import type { Spool } from '../upload/spool.ts';
import { requestContext } from './request-context.ts';
import { transcriptionDocs } from './transcription-docs.ts';

/** Seconds for which a connection may be quiet while no upload and no transcription is under way. */
export const IDLE_SECONDS = 30;

export interface TranscriptionRouteDeps {
  readonly transcriber: Transcriber;
  readonly spool: Spool;
  readonly limits: BodyLimits;
  readonly rules: OptionRules;
  readonly metrics: Metrics;
  readonly isolationEnabled: boolean;
  isDraining(): boolean;
}

interface Exchange {
  readonly request: Request;
  readonly server: { timeout(request: Request, seconds: number): void } | null;
  readonly set: { headers: Record<string, string | number> };
}

export function transcriptionRoutes(deps: TranscriptionRouteDeps) {
  const serve = (route: string, isolation: Isolation) => async (exchange: Exchange) => {
    const { request, server, set } = exchange;
    const context = requestContext(request);
    // Bun closes connections that are quiet for some seconds; uploads have their own stall limit.
    server?.timeout(request, 0);
    try {
      admit(isolation);
      const upload = await receiveUpload(incomingBody(request), deps.spool, deps.limits);
      try {
        const uploadMs = performance.now() - context.startedAt;
        deps.metrics.uploadBytes.observe(upload.file.bytes);
        const transcript = await deps.transcriber.transcribe({
          path: upload.file.path,
          bytes: upload.file.bytes,
          estimatedSeconds: estimateSeconds(upload.file.head, upload.file.bytes),
          options: readOptions(upload.fields, deps.rules),
          isolation,
          route,
          requestId: context.id,
          startedAt: context.startedAt,
          uploadMs,
          signal: request.signal,
        });
        set.headers[HEADERS.engine] = transcript.engine;
        set.headers[HEADERS.serverTiming] = serverTiming(transcript.timings);
        note(context.notes, transcript);
        return transcript;
      } finally {
        await upload.file.remove();
      }
    } catch (error) {
      if (!request.signal.aborted) throw error;
      deps.metrics.cancelled.inc();
      throw clientClosed(error);
    } finally {
      // It outlives the answer: without it a connection kept alive would never be closed.
      server?.timeout(request, IDLE_SECONDS);
    }
  };

  function admit(isolation: Isolation): void {
    if (deps.isDraining()) {
      throw new AppError('shutting_down', 'The service is shutting down. Send the request again.', {
        retryAfterSeconds: 1,
      });
    }
    if (isolation === 'process' && !deps.isolationEnabled) {
      throw new AppError(
        'isolation_disabled',
        `Process isolation is off (ENABLE_PROCESS_ISOLATED=false). Use ${PATHS.transcriptions}, or turn it on.`,
      );
    }
  }

  return new Elysia()
    .post(PATHS.transcriptionsIsolated, serve(PATHS.transcriptionsIsolated, 'process'), {
      parse: 'none',
      detail: transcriptionDocs(
        'Transcribe in an isolated process',
        'Runs in a warm subprocess that is replaced after PROCESS_MAX_TASKS tasks. The one to use.',
        ['worker_crashed', 'isolation_disabled'],
      ),
    })
    .post(PATHS.transcriptions, serve(PATHS.transcriptions, 'thread'), {
      parse: 'none',
      detail: transcriptionDocs(
        'Transcribe in a thread',
        'Runs on one of STT_THREADS threads of the server process: native memory stays with the server.',
      ),
    })
    .post(PATHS.transcriptionsSync, serve(PATHS.transcriptionsSync, 'none'), {
      parse: 'none',
      detail: transcriptionDocs(
        'Transcribe on the main thread',
        'One at a time, as a baseline. While the engine runs the server answers nobody else, health checks included.',
      ),
    });
}

function incomingBody(request: Request) {
  return {
    stream: request.body,
    contentType: request.headers.get('content-type'),
    contentLength: request.headers.get('content-length'),
    query: new URL(request.url).searchParams,
  };
}

function serverTiming(timings: Timings): string {
  return Object.entries(timings)
    .map(([name, ms]) => `${name.replace('_ms', '')};dur=${ms}`)
    .join(', ');
}

function note(notes: Record<string, string | number | null>, transcript: Transcript): void {
  notes['engine'] = transcript.engine;
  notes['isolation'] = transcript.isolation;
  notes['audio_seconds'] = transcript.duration_seconds;
  notes['queue_ms'] = transcript.timings.queue_ms;
  notes['transcribe_ms'] = transcript.timings.transcribe_ms;
}
