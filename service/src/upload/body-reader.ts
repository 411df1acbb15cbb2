/** Reads a request body chunk by chunk, with limits on silence, on slowness and on size. */
import { AppError } from '../errors.ts';

export interface BodyLimits {
  /** Longest silence between two chunks, in ms. */
  readonly stallMs: number;
  /** Slowest pace, over each stretch of `stallMs` spent waiting; 0: any. */
  readonly minBytesPerSecond: number;
  /** Most bytes of audio. */
  readonly maxBytes: number;
}

/** What multipart headers and text fields may add to the audio of one request, in bytes. */
const ENVELOPE_BYTES = 64 * 1024;

/**
 * Chunks of `body` as they arrive. Throws `upload_timeout` when nothing or too little comes for `stallMs`, `audio_too_large` when the
 * body cannot fit, `client_closed_request` when the client leaves. The body is cancelled when the consumer stops early.
 */
export async function* readBody(
  body: ReadableStream<Uint8Array>,
  limits: BodyLimits,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader();
  const pace = createPace(limits);
  let received = 0;
  let stalled = false;
  let finished = false;
  // Cancelling ends the pending read. Racing it against a promise would keep every chunk alive until the end.
  const timer = setTimeout(() => {
    stalled = true;
    reader.cancel().catch(() => undefined);
  }, limits.stallMs);
  try {
    for (;;) {
      const askedAt = performance.now();
      const { done, value } = await reader.read();
      if (stalled) throw stallError(received, limits);
      if (done) {
        finished = true;
        return;
      }
      received += value.byteLength;
      if (received > limits.maxBytes + ENVELOPE_BYTES) throw tooLarge(received, limits.maxBytes);
      if (!pace.keepsUp(value.byteLength, performance.now() - askedAt)) {
        throw slowError(received, limits);
      }
      yield value;
      timer.refresh();
    }
  } catch (error) {
    throw error instanceof AppError ? error : clientClosed(error);
  } finally {
    clearTimeout(timer);
    if (!finished) reader.cancel().catch(() => undefined);
  }
}

/** Refuses by the announced length, before a byte is read. */
export function checkContentLength(contentLength: string | null, maxBytes: number): void {
  const announced = Number(contentLength ?? 0);
  if (announced > maxBytes + ENVELOPE_BYTES) throw tooLarge(announced, maxBytes);
}

export function tooLarge(bytes: number, maxBytes: number): AppError {
  return new AppError(
    'audio_too_large',
    `The upload has at least ${bytes} bytes; the limit is ${maxBytes} (STT_MAX_FILE_SIZE_MB=${maxBytes / 1024 / 1024}). ` +
      'Send a compressed format (flac, mp3, ogg) or a shorter recording.',
  );
}

export function clientClosed(cause?: unknown): AppError {
  return new AppError('client_closed_request', 'The client closed the connection.', { cause });
}

function stallError(received: number, limits: BodyLimits): AppError {
  return new AppError(
    'upload_timeout',
    `No data came for ${limits.stallMs / 1000} s after ${received} bytes (STT_UPLOAD_STALL_SECONDS). ` +
      'Send the whole body without pauses.',
  );
}

function slowError(received: number, limits: BodyLimits): AppError {
  return new AppError(
    'upload_timeout',
    `The body came slower than ${limits.minBytesPerSecond} bytes a second for ${limits.stallMs / 1000} s, ${received} bytes in all ` +
      '(STT_UPLOAD_MIN_BYTES_PER_SECOND). Send it faster, or a compressed recording.',
  );
}

/** Only time spent waiting for the client counts: a slow disk of ours must not make its upload late. */
function createPace({ stallMs, minBytesPerSecond }: BodyLimits) {
  const bytesDue = (minBytesPerSecond * stallMs) / 1000;
  let waitedMs = 0;
  let bytes = 0;
  return {
    keepsUp(chunkBytes: number, waitMs: number): boolean {
      waitedMs += waitMs;
      bytes += chunkBytes;
      if (waitedMs < stallMs) return true;
      const keptUp = bytes >= bytesDue;
      // What came fast earns no credit: the rest may not trickle for hours.
      waitedMs = 0;
      bytes = 0;
      return keptUp;
    },
  };
}
