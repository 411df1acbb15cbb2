/** CORS: which pages of other origins may call the service from a browser. None, unless they are listed. */
import { HEADERS, KEY_HEADERS } from '../contract.ts';

const METHODS = 'GET, POST, OPTIONS';
/** Everything a caller may have to send: the body's type, its own request id, a key in any of its forms. */
const REQUEST_HEADERS = [
  HEADERS.authorization,
  ...KEY_HEADERS,
  'Content-Type',
  HEADERS.requestId,
].join(', ');
/** What scripts of a listed origin may read of an answer. */
const EXPOSED = [HEADERS.requestId, HEADERS.engine, HEADERS.serverTiming, HEADERS.retryAfter].join(
  ', ',
);
const PREFLIGHT_SECONDS = '600';

/**
 * The CORS headers of an answer; none for an origin that is not listed. Never with credentials: cookies mean nothing
 * here, and a key that a page knows it can send itself.
 */
export function corsHeaders(request: Request, origins: readonly string[]): Record<string, string> {
  if (origins.length === 0) return {};
  const any = origins.includes('*');
  // A cache must not give one origin's answer to another.
  const vary: Record<string, string> = any ? {} : { vary: 'Origin' };
  const origin = request.headers.get('origin');
  if (origin === null || !(any || origins.includes(origin))) return vary;
  const allowed = { ...vary, 'access-control-allow-origin': any ? '*' : origin };
  if (!isPreflight(request)) return { ...allowed, 'access-control-expose-headers': EXPOSED };
  return {
    ...allowed,
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': REQUEST_HEADERS,
    'access-control-max-age': PREFLIGHT_SECONDS,
  };
}

/** A browser's question before the request itself; it carries no key, whatever the request will carry. */
export function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
}
