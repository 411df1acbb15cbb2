/** Azure Fast Transcription: the original file goes up in one request, the whole transcript comes back. */
import { isRestError } from '@azure/core-rest-pipeline';
import { AppError } from '../../errors.ts';
import { connectionLost, silent, unauthorized, unreadable } from '../azure/failures.ts';
import { FAST_LOCALES, localeFor } from '../azure/locales.ts';
import type { AzureSettings } from '../azure/settings.ts';
import { watchForStall } from '../azure/stall-watch.ts';
import { AZURE_FAST_SUPPORT } from '../azure/support.ts';
import type { AudioSource, Engine, TranscribeOptions } from '../engine.ts';
import { createFastClient } from './client.ts';
import { refusalToError } from './refusals.ts';
import { toFastResult } from './results.ts';
import type { FastResult } from './results.ts';

const ALIVE_MS = 1_000;
const MEGABYTE = 1024 * 1024;

export function createAzureFast(settings: AzureSettings): Engine {
  return {
    id: 'azure-fast',
    support: AZURE_FAST_SUPPORT,
    load: () => Promise.resolve(),
    async *transcribe(source, options, signal) {
      const { seconds, segments } = await transcribe(settings, source, options, signal);
      source.reportSeconds(seconds);
      yield* segments;
    },
    close: () => Promise.resolve(),
  };
}

async function transcribe(
  settings: AzureSettings,
  source: AudioSource,
  options: TranscribeOptions,
  signal: AbortSignal,
): Promise<FastResult> {
  signal.throwIfAborted();
  if (options.token === null) throw unauthorized();
  const locales = (options.language === 'auto' ? settings.languages : [options.language]).map(
    (tag) => localeFor(tag, FAST_LOCALES, settings.languages),
  );
  const claimedSeconds = await source.claimedSeconds();
  checkLimits(settings.fast, source.bytes, claimedSeconds);

  const stalled = new AbortController();
  let patienceMs = settings.stallMs;
  const watch = watchForStall(patienceMs, () => stalled.abort());
  const beat = setInterval(() => options.alive(), ALIVE_MS);
  const client = createFastClient({
    endpoint: settings.endpoint,
    token: options.token,
    onUploadProgress(loadedBytes) {
      watch.touch();
      if (loadedBytes < source.bytes) return;
      // The answer comes in one piece when all is transcribed, which is faster than listening.
      patienceMs = Math.max(settings.stallMs, (claimedSeconds ?? 0) * 800);
      watch.allow(patienceMs);
    },
  });
  try {
    const result = await client.transcribe(Bun.file(source.path), {
      locales,
      profanityFilterMode: 'None',
      abortSignal: AbortSignal.any([signal, stalled.signal]),
    });
    return readable(result);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (stalled.signal.aborted) throw silent(patienceMs);
    const failure = failureOf(error);
    if (failure !== null) throw failure;
    return { seconds: claimedSeconds ?? 0, segments: [] };
  } finally {
    clearInterval(beat);
    watch.stop();
  }
}

function readable(result: unknown): FastResult {
  try {
    return toFastResult(result);
  } catch {
    throw unreadable();
  }
}

/** Null: there is no speech in the recording. */
function failureOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (!isRestError(error)) return unreadable();
  const { statusCode, response, code } = error;
  if (statusCode === undefined) return code === 'PARSE_ERROR' ? unreadable() : connectionLost();
  if (statusCode < 400) return unreadable();
  return refusalToError({
    status: statusCode,
    body: response?.bodyAsText ?? '',
    retryAfter: response?.headers.get('retry-after') ?? null,
  });
}

function checkLimits(limits: AzureSettings['fast'], bytes: number, seconds: number | null): void {
  if (bytes > limits.maxBytes) {
    throw new AppError(
      'audio_too_large',
      `The recording has ${(bytes / MEGABYTE).toFixed(1)} MB; Azure Fast Transcription takes ` +
        `${limits.maxBytes / MEGABYTE} MB (STT_AZURE_FAST_MAX_FILE_SIZE_MB). Send it in parts, or use azure-speech.`,
    );
  }
  if (seconds !== null && seconds > limits.maxSeconds) {
    throw new AppError(
      'audio_too_long',
      `The recording has ${Math.round(seconds)} s; Azure Fast Transcription takes ${limits.maxSeconds} s ` +
        '(STT_AZURE_FAST_MAX_DURATION_MINUTES). Send it in shorter parts, or use azure-speech.',
    );
  }
}
