/** Refuses whoever has no key before anything else happens to a request: no routing, no byte of its body. */
import type { Elysia } from 'elysia';
import { HEADERS, KEY_HEADERS, OPEN_PATHS } from '../contract.ts';
import { AppError } from '../errors.ts';
import type { InFlight } from '../keys/in-flight.ts';
import type { KeyEntry } from '../keys/key-file.ts';
import type { Metrics } from '../metrics.ts';
import { presentedKey } from './presented-key.ts';
import { requestContext } from './request-context.ts';

const RETRY_SECONDS = 1;

/** Who tries keys that nobody has. Asked about wrong keys alone: a right one is never refused for the faults of others. */
export interface FailedKeys {
  /** Seconds for which this client's wrong keys are answered 429, or null. */
  blocked(request: Request): number | null;
  failed(request: Request): void;
  succeeded(request: Request): void;
}

export interface KeyGuardDeps {
  verify(presented: string): KeyEntry | null;
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  readonly failures?: FailedKeys | undefined;
}

type Outcome = 'accepted' | 'limited' | 'unauthorized' | 'throttled';

export const KEY_OUTCOMES: readonly Outcome[] = [
  'accepted',
  'limited',
  'unauthorized',
  'throttled',
];

/** Goes before error handler and routes, and after what answers browsers' preflight requests: those carry no key. */
export function requireKey<App extends Elysia>(app: App, deps: KeyGuardDeps): App {
  const { inFlight, metrics, failures } = deps;
  const leaving = new WeakMap<Request, () => void>();
  const count = (key: string, outcome: Outcome) => metrics.keyRequests.inc({ key, outcome });

  function identify(request: Request): KeyEntry {
    const presented = presentedKey(request.headers);
    if (presented.kind === 'none') {
      count('none', 'unauthorized');
      throw new AppError(
        'unauthorized',
        `The request carries no key. Send one as ${HEADERS.authorization}: Bearer, or as ${KEY_HEADERS.join(', ')}.`,
      );
    }
    if (presented.kind === 'several') {
      count('unknown', 'unauthorized');
      throw new AppError(
        'unauthorized',
        `The request carries different keys in ${presented.headers.join(', ')}. Send one.`,
      );
    }
    const key = deps.verify(presented.key);
    if (key === null) throw refuseWrongKey(request);
    failures?.succeeded(request);
    return key;
  }

  function refuseWrongKey(request: Request): AppError {
    const seconds = failures?.blocked(request) ?? null;
    if (seconds !== null) {
      count('unknown', 'throttled');
      return new AppError('rate_limited', 'Too many wrong keys came from your address.', {
        retryAfterSeconds: seconds,
      });
    }
    failures?.failed(request);
    count('unknown', 'unauthorized');
    return new AppError(
      'unauthorized',
      'Nobody has the key that the request carries. Check that it is complete and has not been revoked.',
    );
  }

  app.onRequest(({ request }) => {
    if (isOpen(request)) return;
    const key = identify(request);
    requestContext(request).notes['key'] = key.name;
    const leave = inFlight.enter(key);
    if (leave === null) {
      count(key.name, 'limited');
      throw new AppError(
        'rate_limited',
        `The key ${key.name} may have ${key.limit} request(s) in flight and has as many. Wait for one to end.`,
        { retryAfterSeconds: RETRY_SECONDS },
      );
    }
    count(key.name, 'accepted');
    leaving.set(request, leave);
  });
  const leave = ({ request }: { readonly request: Request }) => leaving.get(request)?.();
  // Before the answer goes out: who has it and asks again must not meet its own last request.
  app.onAfterHandle({ as: 'global' }, leave);
  app.onError({ as: 'global' }, leave);
  app.onAfterResponse({ as: 'global' }, leave);
  return app;
}

/**
 * The path of a URL that is read in one way alone. Routers find their path in different ways, and a request such as
 * `POST /healthz?/transcriptions` must not be a probe to this one and an upload to another.
 */
const PLAIN_URL = /^(?:https?:\/\/[^/?#]+)?(\/[^/?#]*)(?:\?[^/#]*)?$/;

function isOpen({ method, url }: Request): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const path = PLAIN_URL.exec(url)?.[1];
  return OPEN_PATHS.some((open) => open === path);
}
