import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, FAILURE_REASONS } from '../errors.ts';
import type { FailureReason } from '../errors.ts';
import { REPLY, input, runner, transcriberOf, works } from './fixtures/transcriber.ts';
import type { Setting, Work } from './fixtures/transcriber.ts';
import type { TokenSource } from './token-source.ts';
import type { TranscriptionInput } from './transcribe.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const fault = (reason: FailureReason, retryAfterSeconds?: number) =>
  new AppError('engine_failed', `Azure: ${reason}.`, {
    reason,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
const fails = (failure: Error) => vi.fn<Work>(() => Promise.reject(failure));

/** Azure with Moonshine as its stand-in. */
function service(azure: Work, local: Work = works, setting: Setting = {}) {
  const { metrics, resilienceOf, transcribe } = transcriberOf(
    { 'azure-speech': runner(azure), 'moonshine-base': runner(local) },
    { fallbackEngine: 'moonshine-base', ...setting },
  );
  return {
    openSeconds: () => resilienceOf('azure-speech').openSeconds(),
    scrape: () => metrics.registry.metrics(),
    /** The answer or the error, after all waits. */
    async ask({ language = 'auto', engineNamed = false, ...changes }: Request = {}) {
      const options = { engine: 'azure-speech', engineNamed, language } as const;
      const state = { done: false };
      const answer = async () => {
        try {
          return await transcribe(input({ options, ...changes }));
        } catch (error) {
          return error;
        } finally {
          state.done = true;
        }
      };
      const settled = answer();
      while (!state.done) await vi.advanceTimersByTimeAsync(50);
      return settled;
    },
  };
}
type Request = Partial<TranscriptionInput> & { language?: string; engineNamed?: boolean };

/** Gives `token-1` until that is refused, then `token-2`, and so on. */
function tokens(): TokenSource & { readonly refused: string[] } {
  const refused: string[] = [];
  return {
    refused,
    token: () => Promise.resolve(`token-${refused.length + 1}`),
    invalidate: (token) => refused.push(token),
    unreadyReason: () => null,
  };
}

describe('the fallback', () => {
  it.each(FAILURE_REASONS)('answers when the engine failed for the reason %s', async (reason) => {
    const { ask, scrape } = service(fails(fault(reason)));
    expect(await ask()).toMatchObject({ engine: 'moonshine-base', text: 'Words.' });
    const text = await scrape();
    expect(text).toContain('stt_engine_fallbacks_total{from="azure-speech",to="moonshine-base"} 1');
    expect(text.match(/^stt_transcriptions_total\{.*/gm)).toEqual([
      'stt_transcriptions_total{engine="moonshine-base",isolation="process",outcome="ok"} 1',
    ]);
  });

  it('comes after the tries, each of which is counted by its reason', async () => {
    const azure = fails(fault('service'));
    const { ask, scrape } = service(azure);
    await ask();
    expect(azure).toHaveBeenCalledTimes(3);
    expect(await scrape()).toContain(
      'stt_engine_requests_total{engine="azure-speech",outcome="service"} 3',
    );
  });

  it('answers at once while the circuit is open', async () => {
    const azure = fails(fault('timeout'));
    const { ask, openSeconds } = service(azure);
    for (let request = 0; request < 5; request += 1) await ask();
    expect(openSeconds()).not.toBeNull();
    expect(await ask()).toMatchObject({ engine: 'moonshine-base' });
    expect(azure).toHaveBeenCalledTimes(5);
    await vi.advanceTimersByTimeAsync(10_000);
    azure.mockImplementation(works);
    expect(await ask()).toMatchObject({ engine: 'azure-speech' });
  });

  it('throws its own error when it fails too', async () => {
    const own = new AppError('worker_crashed', 'Died.');
    const { ask, scrape } = service(fails(fault('forbidden')), fails(own));
    expect(await ask()).toBe(own);
    expect(await scrape()).toContain(
      'stt_transcriptions_total{engine="moonshine-base",isolation="process",outcome="worker_crashed"} 1',
    );
  });

  it.each([
    ['in a language that it lacks', { language: 'de-DE' }],
    ['of a request that named its engine', { engineNamed: true }],
  ])('leaves the error %s as it is', async (_name, request) => {
    const first = fault('forbidden');
    const local = vi.fn(works);
    const { ask } = service(fails(first), local, {
      fallbackSpeaks: (language) => ['auto', 'en-US'].includes(language),
    });
    expect(await ask(request)).toBe(first);
    expect(local).not.toHaveBeenCalled();
    expect(await ask({ language: 'en-US' })).toMatchObject({ engine: 'moonshine-base' });
  });

  it('is not asked for a recording that is at fault itself', async () => {
    const broken = new AppError('audio_undecodable', 'Broken.');
    expect(await service(fails(broken)).ask()).toBe(broken);
  });

  it('is not asked when the time of the request is over', async () => {
    const late: Work = async () => {
      await new Promise((resolve) => setTimeout(resolve, 25_000));
      throw fault('timeout');
    };
    const { ask } = service(late, works, { requestBudgetMs: 25_000 });
    expect(await ask()).toMatchObject({ code: 'engine_failed', reason: 'timeout' });
  });
});

describe('a bearer token', () => {
  it('goes with each job of its engine, and with no other', async () => {
    const seen: unknown[] = [];
    const look: Work = ({ token }) => {
      seen.push(token);
      return seen.length === 1 ? Promise.reject(fault('forbidden')) : Promise.resolve(REPLY);
    };
    const { ask } = service(look, look, { tokens: { 'azure-speech': tokens() } });
    await ask();
    expect(seen).toEqual(['token-1', null]);
  });

  it('that is refused is dropped and replaced once', async () => {
    const source = tokens();
    const azure = vi.fn<Work>(({ token }) =>
      token === 'token-1' ? Promise.reject(fault('authentication')) : Promise.resolve(REPLY),
    );
    const { ask } = service(azure, works, { tokens: { 'azure-speech': source } });
    expect(await ask()).toMatchObject({ engine: 'azure-speech' });
    expect(source.refused).toEqual(['token-1']);
    expect(azure).toHaveBeenCalledTimes(2);
  });

  it('that cannot be had is a failure of the engine: the fallback answers, the circuit counts', async () => {
    const azure = vi.fn(works);
    const none = { ...tokens(), token: () => Promise.reject(fault('authentication')) };
    const { ask, openSeconds } = service(azure, works, { tokens: { 'azure-speech': none } });
    for (let request = 0; request < 5; request += 1) {
      expect(await ask()).toMatchObject({ engine: 'moonshine-base' });
    }
    expect(azure).not.toHaveBeenCalled();
    expect(openSeconds()).not.toBeNull();
  });
});

describe('the tries of a request', () => {
  it('respect the wait that Azure asks for', async () => {
    const triedAt: number[] = [];
    const { ask } = service(() => {
      triedAt.push(Date.now());
      return triedAt.length === 1 ? Promise.reject(fault('throttled', 6)) : Promise.resolve(REPLY);
    });
    expect(await ask()).toMatchObject({ engine: 'azure-speech' });
    expect((triedAt[1] ?? 0) - (triedAt[0] ?? 0)).toBeGreaterThanOrEqual(6_000);
  });

  it('end where the budget would, and the caller learns when to come back', async () => {
    const first = fault('throttled', 6);
    const azure = fails(first);
    const { ask } = service(azure, works, { requestBudgetMs: 5_000 });
    expect(await ask({ engineNamed: true })).toBe(first);
    expect(azure).toHaveBeenCalledTimes(1);
  });

  it('end with the client, without another engine being asked', async () => {
    const client = new AbortController();
    const local = vi.fn(works);
    const azure = fails(fault('service', 9));
    const { ask } = service(azure, local);
    setTimeout(() => client.abort(), 100);
    expect(await ask({ signal: client.signal })).toMatchObject({ code: 'client_closed_request' });
    expect(azure).toHaveBeenCalledTimes(1);
    expect(local).not.toHaveBeenCalled();
  });
});
