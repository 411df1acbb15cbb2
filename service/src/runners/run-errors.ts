/** What pool and executor say when a job fails, in words of our error catalogue. */
import { AppError, failureReasonOf, isErrorCode } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { PoolError, TaskAborted, TaskError } from '../pool/index.ts';
import type { PoolErrorCode } from '../pool/index.ts';

interface Translation {
  readonly code: ErrorCode;
  readonly sentence: string;
  /** Where trying again can help: the wait in seconds when nothing better is known. */
  readonly retryAfterSeconds?: number;
}

const FAILED = 'The engine failed on this recording.';
const UNAVAILABLE: Translation = {
  code: 'engine_unavailable',
  sentence: 'The engine does not start at the moment; the service goes on trying.',
  retryAfterSeconds: 5,
};

const TRANSLATIONS: Record<PoolErrorCode, Translation> = {
  queue_full: {
    code: 'queue_full',
    sentence: 'Too many recordings are waiting (PROCESS_QUEUE_SIZE). Try again later.',
    retryAfterSeconds: 5,
  },
  queue_timeout: {
    code: 'queue_timeout',
    sentence:
      'The wait for a worker is longer than PROCESS_QUEUE_TIMEOUT allows. Try again later, or add workers.',
    retryAfterSeconds: 5,
  },
  task_timeout: {
    code: 'transcription_timeout',
    sentence:
      'The transcription took longer than PROCESS_TIMEOUT allows and was stopped. Send a shorter recording.',
  },
  task_aborted: { code: 'client_closed_request', sentence: 'The client closed the connection.' },
  worker_crashed: {
    code: 'worker_crashed',
    sentence:
      'The worker process died with this recording, and so did the one that tried again, or there was no time to. ' +
      'Other requests are not affected.',
  },
  memory_limit: {
    code: 'worker_crashed',
    sentence:
      'The recording took more memory than PROCESS_MAX_RSS_MB allows and its worker process was ended. ' +
      'Send it in shorter parts.',
  },
  boot_failed: UNAVAILABLE,
  pool_unavailable: UNAVAILABLE,
  pool_draining: {
    code: 'shutting_down',
    sentence: 'The service is shutting down. Send the request again.',
    retryAfterSeconds: 1,
  },
  message_too_large: { code: 'engine_failed', sentence: FAILED },
};

export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  // A signal of our own, such as the request budget's, carries the error to answer with.
  if (error instanceof TaskAborted && error.cause instanceof AppError) return error.cause;
  if (error instanceof TaskError && isErrorCode(error.code)) {
    const reason = failureReasonOf(error.data);
    return new AppError(error.code, error.message, {
      cause: error,
      ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
      ...(reason !== undefined && { reason }),
    });
  }
  if (!(error instanceof PoolError)) return new AppError('engine_failed', FAILED, { cause: error });
  const { code, sentence, retryAfterSeconds } = TRANSLATIONS[error.code];
  const measured = error.retryAfterMs === undefined ? undefined : error.retryAfterMs / 1000;
  return withRetry(
    code,
    sentence,
    error,
    retryAfterSeconds === undefined ? undefined : (measured ?? retryAfterSeconds),
  );
}

function withRetry(
  code: ErrorCode,
  sentence: string,
  cause: unknown,
  retryAfterSeconds: number | undefined,
): AppError {
  return new AppError(code, sentence, {
    cause,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
