/** Every error a caller can see: a stable code, its HTTP status, and whether trying again can help. */

/** Code → HTTP status. The only place besides `routes/` that knows a status. */
export const ERROR_STATUS = {
  invalid_request: 400,
  missing_file: 400,
  invalid_parameter: 400,
  unauthorized: 401,
  not_found: 404,
  method_not_allowed: 405,
  upload_timeout: 408,
  audio_too_large: 413,
  audio_too_long: 413,
  unsupported_media: 415,
  audio_undecodable: 422,
  empty_audio: 422,
  unsupported_language: 422,
  rate_limited: 429,
  // nginx's number for a client that went away; nobody is there to read it, logs and metrics are.
  client_closed_request: 499,
  worker_crashed: 500,
  internal: 500,
  engine_failed: 502,
  isolation_disabled: 503,
  queue_full: 503,
  queue_timeout: 503,
  shutting_down: 503,
  engine_unavailable: 503,
  storage_full: 503,
  transcription_timeout: 504,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/**
 * Why a remote engine failed, where that is not the recording's fault: decides whether another try can help.
 * `service`: it answered with a fault of its own, or nonsense; `network`: the connection broke or never stood.
 */
export const FAILURE_REASONS = [
  'authentication',
  'forbidden',
  'throttled',
  'service',
  'network',
  'timeout',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Seconds after which the same request may succeed; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Set by remote engines alone. */
  readonly reason?: FailureReason;
}

/** An error with a sentence for the caller: what was wrong, with which value, and what to do. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  readonly reason: FailureReason | undefined;

  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.reason = options.reason;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }

  /** What crosses a process border beside code, sentence and wait. */
  get data(): { readonly reason: FailureReason } | undefined {
    return this.reason === undefined ? undefined : { reason: this.reason };
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_STATUS, value);
}

/** The reason in what `AppError.data` became on its way, if there is one. */
export function failureReasonOf(data: unknown): FailureReason | undefined {
  if (typeof data !== 'object' || data === null || !('reason' in data)) return undefined;
  return FAILURE_REASONS.find((reason) => reason === data.reason);
}
