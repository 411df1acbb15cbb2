/** Why Fast Transcription refused a recording, in words of our error catalogue. */
import { AppError } from '../../errors.ts';
import { failureOfStatus, serviceFault, throttled } from '../azure/failures.ts';

/** The body is flat by its schema; some gateways wrap it in `error`. Both shapes nest details in `innerError`. */
interface ErrorBody {
  readonly code?: unknown;
  readonly error?: ErrorBody;
  readonly innerError?: ErrorBody;
  readonly innererror?: ErrorBody;
}

export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** The `Retry-After` header. */
  readonly retryAfter: string | null;
}

/** Where the recording holds no speech, the service may say that it found no language. */
const NO_SPEECH_CODE = 'NoLanguageIdentified';

/** Null: nothing is wrong but that nobody speaks. */
export function refusalToError({ status, body, retryAfter }: Refusal): AppError | null {
  const codes = errorCodes(body);
  if (codes.includes(NO_SPEECH_CODE)) return null;
  const failure = failureOfStatus(status, secondsOf(retryAfter));
  if (failure !== null) return failure;
  if (codes.includes('TooManyRequests')) return throttled(secondsOf(retryAfter));
  if (codes.includes('EmptyAudioFile')) {
    return new AppError(
      'empty_audio',
      'Azure finds no audio in the recording. Send one that has some.',
    );
  }
  if (codes.includes('AudioLengthLimitExceeded')) {
    return new AppError(
      'audio_too_long',
      'The recording is longer than Azure Fast Transcription takes. Send it in shorter parts, or use azure-speech.',
    );
  }
  if (
    codes.includes('InvalidAudioFormat') ||
    codes.includes('UnprocessableEntity') ||
    status === 422
  ) {
    return new AppError(
      'audio_undecodable',
      'Azure cannot decode the recording. Check that it plays, or convert it to WAV, FLAC or MP3.',
    );
  }
  if (status === 413) {
    return new AppError(
      'audio_too_large',
      'The recording is larger than Azure Fast Transcription takes.',
    );
  }
  if (status === 415 || codes.includes('UnsupportedMediaType')) {
    return new AppError(
      'unsupported_media',
      'Azure Fast Transcription does not take this kind of file. Convert it to WAV, FLAC or MP3.',
    );
  }
  if (status === 404) {
    return new AppError(
      'engine_failed',
      'Azure has no Fast Transcription at this address (404). Check STT_AZURE_SPEECH_RESOURCE_NAME, ' +
        'STT_AZURE_SPEECH_ENDPOINT and that the region of the resource offers it.',
      { reason: 'forbidden' },
    );
  }
  return serviceFault(`it refused the request (${[status, ...codes].join(', ')})`);
}

/** Codes from the outside in: the inner ones say more. */
function errorCodes(body: string): string[] {
  let level: ErrorBody | undefined;
  try {
    level = JSON.parse(body) as ErrorBody;
  } catch {
    return [];
  }
  const codes: string[] = [];
  for (let depth = 0; depth < 8 && typeof level === 'object' && level !== null; depth += 1) {
    const { code } = level;
    // Codes are names: anything else could be a text that quotes what was sent.
    if (typeof code === 'string' && /^[A-Za-z]{1,64}$/.test(code)) codes.push(code);
    level = level.error ?? level.innerError ?? level.innererror;
  }
  return codes;
}

function secondsOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : undefined;
}
