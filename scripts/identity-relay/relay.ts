/**
 * Speaks the identity protocol of App Service to pods that have no identity of their own, on behalf of who is logged in on
 * this machine: tokens for Speech and for nothing else, to whoever knows the secret header.
 */
import { timingSafeEqual } from 'node:crypto';

export const RELAY_PATH = '/msi/token';
const API_VERSION = '2019-08-01';

/** What tokens are given for: the public cloud's Cognitive Services and those of the sovereign ones. */
const AUDIENCES: ReadonlySet<string> = new Set([
  'https://cognitiveservices.azure.com',
  'https://cognitiveservices.azure.us',
  'https://cognitiveservices.azure.cn',
]);

/** A token is asked for anew so long before it ends; what is asked for later still lives that long. */
const MARGIN_MS = 300_000;

export interface Token {
  readonly accessToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

export interface RelayOptions {
  /** Address of this machine that the cluster reaches, and no other. */
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What requests must send as X-IDENTITY-HEADER. */
  readonly secret: string;
  /** A fresh token for an audience; rejects with a sentence. */
  readonly tokenFor: (audience: string) => Promise<Token>;
  /** Told of each answer: the status and for what, never a token. */
  readonly answered: (status: number, audience: string) => void;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface Relay {
  readonly port: number;
  stop(): Promise<void>;
}

export function startRelay(options: RelayOptions): Relay {
  const { hostname, port, answered, now = Date.now } = options;
  const tokens = cached(options.tokenFor, now);
  const server = Bun.serve({
    hostname,
    port,
    maxRequestBodySize: 0,
    async fetch(request) {
      const url = new URL(request.url);
      const audience = (url.searchParams.get('resource') ?? '').replace(/\/$/, '');
      const answer = refusal(request, url, audience, options.secret) ?? (await give(audience));
      answered(answer.status, AUDIENCES.has(audience) ? audience : 'something else');
      return answer;
    },
    error: () => problem(500, 'The relay met a fault of its own.'),
  });

  async function give(audience: string): Promise<Response> {
    try {
      const { accessToken, expiresAtMs } = await tokens(audience);
      return Response.json({
        access_token: accessToken,
        expires_on: String(Math.floor(expiresAtMs / 1000)),
        resource: audience,
        token_type: 'Bearer',
      });
    } catch (error) {
      return problem(500, error instanceof Error ? error.message : String(error));
    }
  }
  return { port: server.port ?? port, stop: () => server.stop(true) };
}

function refusal(request: Request, url: URL, audience: string, secret: string): Response | null {
  if (request.method !== 'GET' || url.pathname !== RELAY_PATH) {
    return problem(404, `There is nothing but GET ${RELAY_PATH} here.`);
  }
  if (!equal(request.headers.get('x-identity-header') ?? '', secret)) {
    return problem(401, 'The X-IDENTITY-HEADER is missing or not the value of IDENTITY_HEADER.');
  }
  const version = url.searchParams.get('api-version');
  if (version !== API_VERSION) {
    return problem(400, `The api-version is ${version ?? 'missing'}; it must be ${API_VERSION}.`);
  }
  if (!AUDIENCES.has(audience)) {
    return problem(403, 'Tokens are given for Cognitive Services and for nothing else.');
  }
  return null;
}

/** Asks once for many that wait, and not again while what it has lives long enough. */
function cached(
  tokenFor: RelayOptions['tokenFor'],
  now: () => number,
): (audience: string) => Promise<Token> {
  const known = new Map<string, Token>();
  const asked = new Map<string, Promise<Token>>();
  return (audience) => {
    const token = known.get(audience);
    if (token !== undefined && token.expiresAtMs - now() > MARGIN_MS) return Promise.resolve(token);
    const asking =
      asked.get(audience) ??
      tokenFor(audience)
        .then((fresh) => {
          known.set(audience, fresh);
          return fresh;
        })
        .finally(() => asked.delete(audience));
    asked.set(audience, asking);
    return asking;
  };
}

function problem(status: number, message: string): Response {
  return Response.json({ statusCode: status, message }, { status });
}

function equal(given: string, wanted: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(wanted);
  return left.length === right.length && timingSafeEqual(left, right);
}
