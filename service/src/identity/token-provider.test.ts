import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTokenProvider } from './token-provider.ts';
import type { TokenProvider } from './token-provider.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const JWT = `eyJ${'a'.repeat(30)}.eyJ${'b'.repeat(60)}.${'c'.repeat(40)}`;

type Answer = { readonly token: string; readonly forMs: number } | Error | 'never' | null;

/** Gives the answers of a list one after the other; the last one for ever. */
class ScriptedCredential implements TokenCredential {
  calls = 0;
  readonly #answers: readonly Answer[];

  constructor(answers: readonly Answer[]) {
    this.#answers = answers;
  }

  async getToken(_scope: string | string[], _options?: GetTokenOptions) {
    const answer = this.#answers[Math.min(this.calls, this.#answers.length - 1)] ?? null;
    this.calls += 1;
    await Promise.resolve();
    if (answer === 'never') return new Promise<AccessToken>(() => undefined);
    if (answer instanceof Error) throw answer;
    if (answer === null) return null;
    return { token: answer.token, expiresOnTimestamp: Date.now() + answer.forMs };
  }
}

const providers: TokenProvider[] = [];

function providerOf(...answers: readonly Answer[]) {
  const credential = new ScriptedCredential(answers);
  const outcomes: string[] = [];
  const provider = createTokenProvider({
    credential,
    scope: 'https://cognitiveservices.azure.com/.default',
    onRefresh: (outcome) => outcomes.push(outcome),
  });
  providers.push(provider);
  return { credential, outcomes, provider };
}

const lasting = (token: string, forMs = HOUR_MS) => ({ token, forMs });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const provider of providers.splice(0)) provider.stop();
  vi.useRealTimers();
});

describe('a token', () => {
  it('is asked for once, however many wait for it, and then kept', async () => {
    const { credential, outcomes, provider } = providerOf(lasting('one'));
    const tokens = await Promise.all(Array.from({ length: 20 }, () => provider.token()));
    expect(new Set(tokens)).toEqual(new Set(['one']));
    expect(await provider.token()).toBe('one');
    expect(credential.calls).toBe(1);
    expect(outcomes).toEqual(['ok']);
  });

  it('is not handed out with less than five minutes left', async () => {
    const { provider } = providerOf(lasting('one'), lasting('two'));
    await provider.token();
    await vi.advanceTimersByTimeAsync(54 * MINUTE_MS);
    expect(await provider.token()).toBe('one');
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(await provider.token()).toBe('two');
  });

  it('that the credential still gives in its last five minutes is not taken; it is asked again', async () => {
    const again = lasting('one', 5 * MINUTE_MS);
    const { outcomes, provider } = providerOf(lasting('one'), again, lasting('two'));
    await provider.token();
    await vi.advanceTimersByTimeAsync(55 * MINUTE_MS);
    const token = provider.token();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await token).toBe('two');
    expect(outcomes).toEqual(['ok', 'ok']);
  });

  it('of a short life is handed out until a fifth of it is left', async () => {
    const { provider } = providerOf(lasting('one', 100_000), lasting('two'));
    await provider.token();
    await vi.advanceTimersByTimeAsync(79_000);
    expect(await provider.token()).toBe('one');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await provider.token()).toBe('two');
  });

  it('that was refused is dropped, one that has been replaced is not', async () => {
    const { credential, provider } = providerOf(lasting('one'), lasting('two'));
    await provider.token();
    provider.invalidate('one');
    expect(provider.unreadyReason()).toMatch(/no access token/);
    expect(await provider.token()).toBe('two');
    provider.invalidate('one');
    expect(await provider.token()).toBe('two');
    expect(credential.calls).toBe(2);
  });

  it('that was refused is tried again when the credential has no other', async () => {
    const { credential, provider } = providerOf(lasting('one'));
    await provider.token();
    provider.invalidate('one');
    expect(await provider.token()).toBe('one');
    expect(credential.calls).toBe(2);
  });

  it('is waited for only as long as the request lives; the others still get it', async () => {
    const { credential, provider } = providerOf(lasting('one'));
    const client = new AbortController();
    const left = provider.token(client.signal);
    const stayed = provider.token(new AbortController().signal);
    client.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(await stayed).toBe('one');
    expect(credential.calls).toBe(1);
  });
});

describe('the background', () => {
  it('refreshes at half of the time in which the token is usable', async () => {
    const { credential, provider } = providerOf(
      lasting('one', 24 * HOUR_MS),
      lasting('two', 24 * HOUR_MS),
    );
    await provider.start();
    await provider.start();
    await vi.advanceTimersByTimeAsync(11.9 * HOUR_MS);
    expect(credential.calls).toBe(1);
    await vi.advanceTimersByTimeAsync(2.6 * HOUR_MS);
    expect(credential.calls).toBe(2);
    expect(await provider.token()).toBe('two');
  });

  it('never leaves a gap with a library that gives its cached token until five minutes are left', async () => {
    let issued = 0;
    let cached: AccessToken = { token: '', expiresOnTimestamp: 0 };
    const provider = createTokenProvider({
      scope: 'scope',
      onRefresh: () => undefined,
      credential: {
        getToken: () => {
          if (Math.floor(cached.expiresOnTimestamp / 1000) < Math.floor(Date.now() / 1000) + 300) {
            issued += 1;
            cached = { token: `token-${issued}`, expiresOnTimestamp: Date.now() + HOUR_MS };
          }
          return Promise.resolve(cached);
        },
      },
    });
    providers.push(provider);
    await provider.start();
    for (let minute = 0; minute < 180; minute += 1) {
      await vi.advanceTimersByTimeAsync(MINUTE_MS);
      const token = provider.token();
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await token).toMatch(/^token-/);
    }
    expect(issued).toBeGreaterThanOrEqual(3);
  });

  it('keeps serving the old token while refreshes fail, ever more rarely', async () => {
    const { credential, outcomes, provider } = providerOf(lasting('one'), new Error('down'));
    await provider.start();
    await vi.advanceTimersByTimeAsync(34 * MINUTE_MS);
    expect(outcomes.slice(0, 3)).toEqual(['ok', 'failed', 'failed']);
    expect(await provider.token()).toBe('one');
    expect(provider.unreadyReason()).toBeNull();
    const calls = credential.calls;
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
    expect(credential.calls - calls).toBeLessThanOrEqual(13);
    await vi.advanceTimersByTimeAsync(12 * MINUTE_MS);
    expect(provider.unreadyReason()).toMatch(/managed identity/);
  });

  it('goes on after a first try that failed', async () => {
    const { provider } = providerOf(new Error('down'), new Error('down'), lasting('one'));
    await expect(provider.start()).rejects.toMatchObject({ code: 'engine_failed' });
    expect(provider.unreadyReason()).toMatch(/No access token for Azure can be had/);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(provider.unreadyReason()).toBeNull();
    expect(await provider.token()).toBe('one');
  });

  it('ends when it is stopped', async () => {
    const { credential, provider } = providerOf(lasting('one'));
    await provider.start();
    provider.stop();
    await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
    expect(credential.calls).toBe(1);
  });
});

describe('a failing identity', () => {
  it('is told with the remedy, and never with a token', async () => {
    const fault = new Error(`refused: {"assertion":"${JWT}","key":"${'k'.repeat(64)}"} for app 5`);
    fault.name = 'CredentialUnavailableError';
    const { provider } = providerOf(fault);
    const error = await provider.token().catch((error: unknown) => error as Error);
    expect(error).toMatchObject({ code: 'engine_failed', reason: 'authentication' });
    const text = `${String(error)} ${Bun.inspect(error)} ${provider.unreadyReason()}`;
    expect(text).toContain('CredentialUnavailableError');
    expect(text).toContain('AZURE_CLIENT_ID');
    expect(text).toContain('for app 5');
    expect(text).not.toMatch(/eyJ|ccccc|kkkkk/);
  });

  it('is not asked again by each of many requests', async () => {
    const { credential, provider } = providerOf(new Error('down'), lasting('one'));
    await expect(provider.token()).rejects.toMatchObject({ reason: 'authentication' });
    await expect(provider.token()).rejects.toMatchObject({ reason: 'authentication' });
    expect(credential.calls).toBe(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await provider.token()).toBe('one');
  });

  it('has 30 seconds to answer', async () => {
    const { provider } = providerOf('never');
    const token = provider.token().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await token).toMatchObject({ message: expect.stringContaining('no answer in time') });
  });

  it.each([[null], [lasting('ended', -1)]])('that answers %o gives no token', async (answer) => {
    const { provider } = providerOf(answer);
    const token = provider.token().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await token).toMatchObject({ reason: 'authentication' });
  });
});
