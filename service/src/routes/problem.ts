/** Errors as RFC 9457 `application/problem+json`. */
import { STATUS_CODES } from 'node:http';
import { HEADERS, SERVICE_NAME } from '../contract.ts';
import type { AppError } from '../errors.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
  readonly retry_after_seconds?: number;
}

/** Codes after which a part of the body may still be under way: the connection cannot be used again. */
const ABANDONED_BODY = new Set([
  'audio_too_large',
  'upload_timeout',
  'storage_full',
  'unsupported_media',
  'missing_file',
  'invalid_request',
  'unauthorized',
  'rate_limited',
]);

/** RFC 9110 wants every 401 to say how to do it right. */
const CHALLENGE = `Bearer realm="${SERVICE_NAME}"`;

export function toProblem(error: AppError, requestId: string): Problem {
  return {
    type: `urn:stt:error:${error.code}`,
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    ...(error.retryAfterSeconds === undefined
      ? {}
      : { retry_after_seconds: Math.max(1, Math.ceil(error.retryAfterSeconds)) }),
  };
}

export function problemHeaders(problem: Problem): Record<string, string> {
  return {
    'content-type': PROBLEM_CONTENT_TYPE,
    ...(problem.retry_after_seconds === undefined
      ? {}
      : { [HEADERS.retryAfter]: String(problem.retry_after_seconds) }),
    ...(problem.code === 'unauthorized' ? { [HEADERS.authenticate]: CHALLENGE } : {}),
    ...(ABANDONED_BODY.has(problem.code) ? { connection: 'close' } : {}),
  };
}
