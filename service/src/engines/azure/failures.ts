/** What goes wrong at Azure, in words of our error catalogue. Never quotes the SDK: its texts hold URLs with tokens. */
import { AppError } from '../../errors.ts';

/** Waits suggested where Azure names none: the Speech SDK never shows the header. */
const THROTTLED_SECONDS = 2;
const UNAVAILABLE_SECONDS = 1;

export function unauthorized(): AppError {
  return new AppError(
    'engine_failed',
    'Azure refused the token (401). Check that AZURE_CLIENT_ID and STT_AZURE_SPEECH_RESOURCE_NAME name the right ' +
      'identity and resource, that the identity has the role "Cognitive Services Speech User" on the resource, and ' +
      'that the resource has a custom subdomain.',
    { reason: 'authentication' },
  );
}

export function forbidden(): AppError {
  return new AppError(
    'engine_failed',
    'Azure knows the identity but does not let it transcribe (403). Give it the role "Cognitive Services Speech ' +
      'User" on the resource (a new role takes some minutes), and check the network rules of the resource.',
    { reason: 'forbidden' },
  );
}

/** @param retryAfterSeconds what Azure asked for, if it said */
export function throttled(retryAfterSeconds?: number): AppError {
  return new AppError(
    'engine_unavailable',
    'Azure is throttling: the quota of the Speech resource is used up for the moment. Try again later, lower ' +
      'STT_AZURE_CONCURRENCY, or ask for a higher quota.',
    { reason: 'throttled', retryAfterSeconds: retryAfterSeconds ?? THROTTLED_SECONDS },
  );
}

function unavailable(retryAfterSeconds: number = UNAVAILABLE_SECONDS): AppError {
  return new AppError('engine_unavailable', 'Azure is not available (503). Try again later.', {
    reason: 'service',
    retryAfterSeconds,
  });
}

export function connectionLost(): AppError {
  return new AppError(
    'engine_unavailable',
    'The connection to Azure broke or could not be made. Try again later; if it stays so, check ' +
      'STT_AZURE_SPEECH_RESOURCE_NAME, STT_AZURE_SPEECH_ENDPOINT and the network.',
    { reason: 'network', retryAfterSeconds: UNAVAILABLE_SECONDS },
  );
}

export function silent(stallMs: number): AppError {
  return new AppError(
    'transcription_timeout',
    `Azure said nothing for ${Math.round(stallMs / 100) / 10} s. Try again later, or send a shorter recording.`,
    { reason: 'timeout' },
  );
}

export function serviceFault(what: string): AppError {
  return new AppError('engine_failed', `Azure failed: ${what}. Try again later.`, {
    reason: 'service',
  });
}

export function unreadable(): AppError {
  return serviceFault('its answer is not what its protocol promises');
}

/** A status of Azure's that is not the recording's fault; null for one that may be. */
export function failureOfStatus(status: number, retryAfterSeconds?: number): AppError | null {
  if (status === 401) return unauthorized();
  if (status === 403) return forbidden();
  if (status === 429) return throttled(retryAfterSeconds);
  if (status === 408 || status === 504) return timedOut(status);
  if (status === 503) return unavailable(retryAfterSeconds);
  if (status >= 500) return serviceFault(`it answered ${status}`);
  return null;
}

function timedOut(status: number): AppError {
  return new AppError(
    'transcription_timeout',
    `Azure gave up on the recording (${status}). Try again later, or send a shorter one.`,
    { reason: 'timeout' },
  );
}
