import { afterEach, describe, expect, it } from 'vitest';
import { createEmulator } from './index.ts';
import type { Emulator, EmulatorOptions } from './index.ts';
import { askIdentity } from './test-clients.ts';

let emulator: Emulator;

function start(options?: EmulatorOptions): Emulator {
  emulator = createEmulator(options);
  return emulator;
}

afterEach(() => emulator.stop());

describe('the identity endpoint', () => {
  it('answers as an App Service does', async () => {
    const answer = await askIdentity(start(), { client_id: 'some' });
    expect(await answer.json()).toEqual({
      access_token: emulator.tokens[0],
      expires_on: expect.stringMatching(/^\d{10}$/),
      resource: 'https://cognitiveservices.azure.com',
      token_type: 'Bearer',
      client_id: 'some',
    });
  });

  it('never issues a token twice', async () => {
    start();
    await Promise.all(Array.from({ length: 20 }, () => askIdentity(emulator)));
    expect(new Set(emulator.tokens).size).toBe(20);
    expect(emulator.tokens.every((token) => token.length >= 64)).toBe(true);
  });

  it.each<[string, number, Record<string, string>, string | undefined]>([
    ['X-IDENTITY-HEADER', 401, {}, 'wrong'],
    ['api-version', 400, { 'api-version': '2017-09-01' }, undefined],
    ['resource', 400, { resource: '' }, undefined],
  ])('says what is wrong with the %s', async (part, status, query, header) => {
    const answer = await askIdentity(start(), query, header);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining(part) });
    expect(emulator.counts.tokensIssued).toBe(0);
  });

  it('knows the one client id it was given', async () => {
    start({ clientId: 'mine' });
    expect((await askIdentity(emulator, { client_id: 'theirs' })).status).toBe(400);
    expect((await askIdentity(emulator, { client_id: 'mine' })).status).toBe(200);
  });
});
