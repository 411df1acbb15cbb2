/** The tokens that were given out: unguessable, for one audience, until a time, unless revoked. */

export const COGNITIVE_SERVICES_AUDIENCE = 'https://cognitiveservices.azure.com';

const TOKEN_BYTES = 48;
/** Older ones are forgotten and so refused. */
const MAX_TOKENS = 10_000;

interface Grant {
  readonly audience: string;
  readonly expiresAtMs: number;
  revoked: boolean;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

export class Tokens {
  readonly #grants = new Map<string, Grant>();
  readonly #lifetimeMs: number;
  #issued = 0;

  constructor(lifetimeSeconds: number) {
    this.#lifetimeMs = lifetimeSeconds * 1000;
  }

  get issued(): number {
    return this.#issued;
  }

  /** The last 10,000. */
  get all(): readonly string[] {
    return [...this.#grants.keys()];
  }

  issue(audience: string): IssuedToken {
    const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
    const token = bytes.toBase64({ alphabet: 'base64url' });
    const expiresAtMs = Date.now() + this.#lifetimeMs;
    this.#grants.set(token, { audience, expiresAtMs, revoked: false });
    this.#issued += 1;
    const [oldest] = this.#grants.keys();
    if (this.#grants.size > MAX_TOKENS && oldest !== undefined) this.#grants.delete(oldest);
    return { token, expiresAtMs };
  }

  revoke(token: string): void {
    const grant = this.#grants.get(token);
    if (grant !== undefined) grant.revoked = true;
  }

  /** What is wrong with a token, as a sentence, or null when it is good. */
  objection(token: string | null): string | null {
    if (token === null) return 'There is no bearer token. Ask the identity endpoint for one.';
    const grant = this.#grants.get(token);
    if (grant === undefined) return 'The token was not issued here.';
    if (grant.revoked) return 'The token was revoked. Ask for a new one.';
    if (grant.expiresAtMs <= Date.now()) return 'The token has expired. Ask for a new one.';
    if (grant.audience !== COGNITIVE_SERVICES_AUDIENCE) {
      return `The token is for ${grant.audience}, not for ${COGNITIVE_SERVICES_AUDIENCE}.`;
    }
    return null;
  }
}

/** From the header, or from the address, where a client whose websocket cannot send headers puts it. */
export function bearerToken(request: Request, url: URL): string | null {
  const value = request.headers.get('authorization') ?? url.searchParams.get('Authorization');
  return /^Bearer\s+(\S+)$/i.exec(value ?? '')?.[1] ?? null;
}
