import { DefaultAzureCredential } from '@azure/identity';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEmulator, textFor } from './index.ts';
import type { Emulator, FaultRule } from './index.ts';
import { wav } from './test-audio.ts';
import { fastClient, recognize } from './test-clients.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';

/** Less than five minutes, so that every use asks for a new token. */
const LIFETIME_SECONDS = 60;

let emulator: Emulator;

/** One for all: the first identity endpoint that the library sees in a process is the one it keeps. */
beforeAll(() => {
  emulator = createEmulator({ tokenLifetimeSeconds: LIFETIME_SECONDS });
  for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
  // Whoever is logged in on this machine must not be asked.
  vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential');
});
afterEach(() => emulator.clearRules());
afterAll(async () => {
  vi.unstubAllEnvs();
  await emulator.stop();
});

/** Tokens are kept for the whole process by client id, so each test brings an id of its own. */
function createCredential(): DefaultAzureCredential {
  return new DefaultAzureCredential({
    managedIdentityClientId: crypto.randomUUID(),
    retryOptions: { maxRetries: 0 },
  });
}

describe('DefaultAzureCredential', () => {
  it('gets tokens that both services take', async () => {
    const credential = createCredential();
    const heard = await recognize(emulator, { seconds: 1, credential });
    const result = await fastClient(emulator, credential).transcribe(wav(2), {});
    expect(heard.text).toBe(textFor(1, 'en-US'));
    expect(result.combinedPhrases[0]?.text).toBe(textFor(2, 'en-US'));
    expect(emulator.counts).toMatchObject({ identity: { ok: 2 }, tokensIssued: 2 });
  });

  it('believes the expiry that it is told', async () => {
    const { token, expiresOnTimestamp } = await createCredential().getToken(SCOPE);
    expect(emulator.tokens.at(-1)).toBe(token);
    expect(Math.abs(expiresOnTimestamp - Date.now() - LIFETIME_SECONDS * 1000)).toBeLessThan(5000);
  });

  it('asks again for a token that is about to expire', async () => {
    const credential = createCredential();
    const first = await credential.getToken(SCOPE);
    const second = await credential.getToken(SCOPE);
    expect(emulator.tokens.slice(-2)).toEqual([first.token, second.token]);
  });

  it.each<FaultRule>([{ fault: 'unauthorized' }, { fault: 'internal' }, { fault: 'garbage' }])(
    'fails with %j',
    async (rule) => {
      emulator.addRule({ on: 'identity', ...rule });
      const issued = emulator.counts.tokensIssued;
      await expect(createCredential().getToken(SCOPE)).rejects.toThrow(/ManagedIdentityCredential/);
      expect(emulator.counts.identity[rule.fault]).toBe(1);
      expect(emulator.counts.tokensIssued).toBe(issued);
    },
  );

  it('waits for a slow answer', async () => {
    emulator.addRule({ fault: 'slow', on: 'identity', delayMs: 100 });
    const startedAt = performance.now();
    const { token } = await createCredential().getToken(SCOPE);
    expect(emulator.tokens.at(-1)).toBe(token);
    expect(performance.now() - startedAt).toBeGreaterThan(95);
  });

  it('waits for an answer that never comes, whatever its abort signal says', async () => {
    emulator.addRule({ fault: 'stall', on: 'identity' });
    const abortSignal = AbortSignal.timeout(100);
    const outcome = createCredential()
      .getToken(SCOPE, { abortSignal })
      .then(
        () => 'a token',
        () => 'an error',
      );
    const later = Bun.sleep(200).then(() => 'nothing');
    expect(await Promise.race([outcome, later])).toBe('nothing');
    expect(emulator.counts.identity['stall']).toBe(1);
  });
});
