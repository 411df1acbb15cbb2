/** Bearer tokens of one credential: cached, refreshed long before they end, one request to the identity provider at a time. */
import type { AccessToken, TokenCredential } from '@azure/identity';
import type { AppError } from '../errors.ts';
import { CredentialFault, identityError } from './identity-error.ts';
import { holdToken, refreshDelayMs } from './lifetime.ts';
import type { HeldToken } from './lifetime.ts';

const CALL_TIMEOUT_MS = 30_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
/** Requests that come within this time of a failure share it: asking can mean to start `az`. */
const FAILURE_HOLDS_MS = 5_000;
/** Azure's library rounds a token's last five minutes to seconds: for a moment it may still give the one that we drop. */
const TRIES_PER_REFRESH = 3;
const PAUSE_BETWEEN_TRIES_MS = 1_000;

export interface TokenProvider {
  /**
   * A token with at least 5 minutes left, or 20 % of its life when that is under 10 minutes.
   * Rejects with `engine_failed` for the reason `authentication`, or with the signal's reason; the signal ends this wait
   * alone, never the refresh that others share.
   */
  token(signal?: AbortSignal): Promise<string>;
  /**
   * The token was refused: it is not handed out before the credential has been asked again. No-op for one that has been
   * replaced. Azure's library knows no way to bypass its cache, so the same token may be all there is; then it is tried
   * again, for else one stray refusal would be an outage until the token's end.
   */
  invalidate(token: string): void;
  /**
   * Resolves with the first token and refreshes in the background from then on; rejects when the first try fails, while the
   * background goes on trying. Idempotent.
   */
  start(): Promise<void>;
  /** Null while a token is at hand, else a sentence. */
  unreadyReason(): string | null;
  stop(): void;
}

export interface TokenProviderOptions {
  readonly credential: TokenCredential;
  readonly scope: string;
  /** Called once for each refresh. */
  onRefresh(outcome: 'ok' | 'failed'): void;
}

export function createTokenProvider(options: TokenProviderOptions): TokenProvider {
  let held: HeldToken | null = null;
  let refused: string | null = null;
  let failure: { readonly error: AppError; readonly at: number } | null = null;
  let failures = 0;
  let refreshing: Promise<string> | undefined;
  let starting: Promise<void> | undefined;
  let background = false;
  let timer: Timer | undefined;

  const usable = () =>
    held !== null && held.token !== refused && held.usableUntil > Date.now() ? held.token : null;

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    if (!background) return;
    timer = setTimeout(() => void refresh().catch(() => undefined), delayMs);
    timer.unref();
  }

  const refresh = () =>
    (refreshing ??= askAndSettle().finally(() => {
      refreshing = undefined;
    }));

  async function askAndSettle(): Promise<string> {
    try {
      held = await askForUsable();
      refused = null;
      failure = null;
      failures = 0;
      options.onRefresh('ok');
      schedule(refreshDelayMs(held, Date.now()));
      return held.token;
    } catch (error) {
      failure = { error: identityError(error), at: Date.now() };
      schedule(Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures));
      failures += 1;
      options.onRefresh('failed');
      throw failure.error;
    }
  }

  async function askForUsable(): Promise<HeldToken> {
    for (let left = TRIES_PER_REFRESH; left > 0; left -= 1) {
      const answer = await ask(options.credential, options.scope);
      // The same token again keeps the minimum of the life it was first seen with.
      const next = held?.token === answer.token ? held : holdToken(answer, Date.now());
      if (next.usableUntil > Date.now()) return next;
      if (left > 1) await pause(PAUSE_BETWEEN_TRIES_MS);
    }
    throw new CredentialFault('only ended tokens');
  }

  return {
    async token(signal) {
      signal?.throwIfAborted();
      const token = usable();
      if (token !== null) return token;
      const settled = refreshing === undefined;
      if (settled && failure !== null && Date.now() - failure.at < FAILURE_HOLDS_MS) {
        throw failure.error;
      }
      return untilAborted(refresh(), signal);
    },
    invalidate(token) {
      if (usable() !== token) return;
      refused = token;
      schedule(0);
    },
    start() {
      background = true;
      return (starting ??= refresh().then(() => undefined));
    },
    unreadyReason() {
      if (usable() !== null) return null;
      return failure?.error.message ?? 'There is no access token for Azure yet.';
    },
    stop() {
      background = false;
      clearTimeout(timer);
    },
  };
}

/** One call to the credential. Not all kinds obey the signal, so the time is kept here too. */
async function ask(credential: TokenCredential, scope: string): Promise<AccessToken> {
  const patience = new AbortController();
  const timer = setTimeout(
    () => patience.abort(new CredentialFault('no answer in time')),
    CALL_TIMEOUT_MS,
  );
  timer.unref();
  try {
    const asked = credential.getToken(scope, { abortSignal: patience.signal });
    const answer = await untilAborted(asked, patience.signal);
    if (answer === null) throw new CredentialFault('an answer without a token');
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
