/** What is known of a request from its first byte on: its id and when it began. */
import { HEADERS } from '../contract.ts';

export interface RequestContext {
  readonly id: string;
  /** `performance.now()` when the request reached the app. */
  readonly startedAt: number;
  /** Facts for the access log, added while the request is served. */
  readonly notes: Record<string, string | number | null>;
}

/** A caller's id is taken when it can do no harm in a log line or a header. */
const SANE_ID = /^[\w.:+/=-]{1,128}$/;

const contexts = new WeakMap<Request, RequestContext>();

export function requestContext(request: Request): RequestContext {
  const known = contexts.get(request);
  if (known !== undefined) return known;
  const given = request.headers.get(HEADERS.requestId);
  const context: RequestContext = {
    id: given !== null && SANE_ID.test(given) ? given : crypto.randomUUID(),
    startedAt: performance.now(),
    notes: {},
  };
  contexts.set(request, context);
  return context;
}
