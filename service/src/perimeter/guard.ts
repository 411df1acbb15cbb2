/** What every request passes before a route sees it: a readable address, its client's share, CORS, safe headers. */
import type { Elysia } from 'elysia';
import { OPEN_PATHS } from '../contract.ts';
import { AppError } from '../errors.ts';
import type { ClientAddresses } from './client-address.ts';
import { corsHeaders, isPreflight } from './cors.ts';
import { createInFlight } from './per-address.ts';

const RETRY_SECONDS = 1;
const HTTP_NO_CONTENT = 204;

/** An orchestrator asks these, often over HTTP/1.0 without a host; a busy neighbour must not look like a dead service. */
const PROBES: ReadonlySet<string> = new Set(OPEN_PATHS);

export interface GuardOptions {
  readonly addresses: ClientAddresses;
  /** Requests in flight; 0: no limit. */
  readonly maxPerAddress: number;
  readonly corsOrigins: readonly string[];
}

/** Register it before routes, and before what asks for keys: a preflight carries none. */
export function guardRequests<App extends Elysia>(app: App, options: GuardOptions): App {
  const { addresses, maxPerAddress, corsOrigins } = options;
  const inFlight = createInFlight(maxPerAddress > 0 ? maxPerAddress : Number.POSITIVE_INFINITY);
  const entered = new WeakMap<Request, string>();

  app.onRequest(({ request, server, set }) => {
    set.headers['x-content-type-options'] = 'nosniff';
    Object.assign(set.headers, corsHeaders(request, corsOrigins));
    const address = addresses.learn(request, server);
    if (PROBES.has(URL.parse(request.url, 'http://localhost')?.pathname ?? '')) return undefined;
    if (!URL.canParse(request.url)) {
      throw new AppError(
        'invalid_request',
        'The Host header is missing or names no host. Send the name and port that the request goes to.',
      );
    }
    // Answered here and now: it is never in flight, and nothing is called after it.
    if (isPreflight(request) && 'access-control-allow-origin' in set.headers) {
      set.status = HTTP_NO_CONTENT;
      return '';
    }
    if (!inFlight.enter(address)) {
      throw new AppError(
        'rate_limited',
        `Your address has ${maxPerAddress} requests in flight, the most that one may have (STT_MAX_CONNECTIONS_PER_ADDRESS). ` +
          'Wait for one of them to end.',
        { retryAfterSeconds: RETRY_SECONDS },
      );
    }
    entered.set(request, address);
    return undefined;
  });
  app.onAfterResponse({ as: 'global' }, ({ request }) => {
    const address = entered.get(request);
    if (address === undefined) return;
    entered.delete(request);
    inFlight.leave(address);
  });
  return app;
}
