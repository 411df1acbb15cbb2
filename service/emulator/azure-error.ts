/** Error answers in the two shapes that Azure's services use, and how to break an answer on purpose. */
import { DEFAULT_RETRY_AFTER_SECONDS } from './rules.ts';
import type { ErrorShape, Fault, FaultRule } from './rules.ts';

export interface AzureError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly innerError?: { readonly code: string; readonly message: string };
}

export function errorResponse(error: AzureError, shape: ErrorShape): Response {
  const { status, ...body } = error;
  return Response.json(shape === 'flat' ? body : { error: body }, { status });
}

const REFUSALS: Partial<Record<Fault, AzureError>> = {
  unauthorized: {
    status: 401,
    code: 'Unauthorized',
    message: 'Access denied: the token is not valid for this resource.',
  },
  forbidden: {
    status: 403,
    code: 'Forbidden',
    message: 'The identity lacks a role on this resource, such as Cognitive Services User.',
  },
  throttled: {
    status: 429,
    code: 'TooManyRequests',
    message: 'The resource has reached its rate limit. Try again later.',
  },
  internal: { status: 500, code: 'InternalServerError', message: 'The request failed.' },
  unavailable: {
    status: 503,
    code: 'ServiceUnavailable',
    message: 'The service is temporarily unavailable.',
  },
};

/** Faults that are an HTTP status and nothing else. */
export const REFUSING: readonly Fault[] = Object.keys(REFUSALS) as Fault[];

/** The answer of a rule whose fault is a status, or null for the others. */
export function refusal(rule: FaultRule, shape: ErrorShape): Response | null {
  const error = REFUSALS[rule.fault];
  if (error === undefined) return null;
  const response = errorResponse(error, rule.errorShape ?? shape);
  if (rule.fault === 'throttled') {
    const seconds = rule.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS;
    response.headers.set('Retry-After', String(seconds));
  }
  return response;
}

export function unauthorized(message: string, shape: ErrorShape): Response {
  return errorResponse({ status: 401, code: 'Unauthorized', message }, shape);
}

export function overloaded(maxConnections: number, shape: ErrorShape): Response {
  const message = `The emulator serves ${maxConnections} at a time, the limit set by maxConnections.`;
  return errorResponse({ status: 503, code: 'ServiceUnavailable', message }, shape);
}

export function garbage(): Response {
  return new Response('<html>%%% {"durationMilliseconds":', {
    headers: { 'Content-Type': 'application/json' },
  });
}

/** Bun resets the connection of a response whose stream fails; without a reason it does so silently. */
export function droppedConnection(): Response {
  return new Response(new ReadableStream({ start: (controller) => controller.error() }));
}

/** An answer that never comes: it is let go when the client gives up. */
export function neverAnswer(signal: AbortSignal): Promise<Response> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(droppedConnection()), { once: true });
  });
}
