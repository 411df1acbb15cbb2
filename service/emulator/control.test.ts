import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmulator } from './index.ts';
import type { Emulator } from './index.ts';
import { readSettings } from './settings.ts';
import { askIdentity } from './test-clients.ts';

let emulator: Emulator;

beforeEach(() => {
  emulator = createEmulator();
});
afterEach(() => emulator.stop());

const control = (method: string, path = '/emulator/faults', body?: unknown) =>
  fetch(emulator.url + path, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

describe('the control routes', () => {
  it('add a fault, show it with what happened, and clear it', async () => {
    const rule = { fault: 'internal', on: 'identity', times: 5 };
    const added = await control('POST', '/emulator/faults', rule);
    expect(added.status).toBe(201);
    expect((await askIdentity(emulator)).status).toBe(500);
    const shown = await (await control('GET', '/emulator')).json();
    expect(shown).toMatchObject({
      counts: { identity: { internal: 1 }, tokensIssued: 0, openConnections: 0 },
      rules: [{ ...rule, times: 4 }],
    });
    expect(await (await control('DELETE')).json()).toEqual({ rules: [] });
    expect((await askIdentity(emulator)).status).toBe(200);
  });

  it.each<[unknown, RegExp]>([
    ['{', /not JSON/],
    ['"throttled"', /A rule is an object/],
    [{}, /"fault" is missing; it must be one of unauthorized/],
    [{ fault: 'fire' }, /"fault" is "fire"/],
    [{ fault: 'slow', on: 'vault' }, /"on" is "vault"; it must be one of speech, fast, identity/],
    [{ fault: 'throttled-1007', on: 'fast' }, /"fast" knows no "throttled-1007"/],
    [{ fault: 'hang-up', on: 'identity' }, /"identity" knows no "hang-up"/],
    [{ fault: 'slow', times: 0 }, /"times" is 0/],
    [{ fault: 'slow', delayMs: '5' }, /"delayMs" is "5"/],
    [{ fault: 'throttled', retryAfterSeconds: 0.5 }, /"retryAfterSeconds" is 0.5/],
    [{ fault: 'slow', language: 'German!' }, /"language" is "German!"/],
    [{ fault: 'internal', errorShape: 'round' }, /"errorShape" is "round"/],
    [{ fault: 'slow', delay: 5 }, /no "delay"/],
  ])('refuse %j with a sentence', async (rule, sentence) => {
    const answer = await control('POST', '/emulator/faults', rule);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string }).message).toMatch(sentence);
    expect(await (await control('GET', '/emulator')).json()).toMatchObject({ rules: [] });
  });

  it('refuse more than a hundred rules', async () => {
    for (let count = 0; count < 100; count += 1) emulator.addRule({ fault: 'slow' });
    expect(() => emulator.addRule({ fault: 'slow' })).toThrow(/100 rules already/);
    emulator.clearRules();
    expect(() => emulator.addRule({ fault: 'slow' })).not.toThrow();
  });

  it('know no other method, and the emulator no other path', async () => {
    expect((await control('PUT')).status).toBe(405);
    expect((await control('GET', '/nowhere')).status).toBe(404);
  });
});

describe('rules', () => {
  it('apply in their order, each as often as it says', async () => {
    emulator.addRule({ fault: 'unauthorized', on: 'identity', times: 1 });
    emulator.addRule({ fault: 'internal', times: 2 });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await askIdentity(emulator)).status);
    expect(statuses).toEqual([401, 500, 500, 200]);
  });

  it('for a language or another service leave the identity alone', async () => {
    emulator.addRule({ fault: 'internal', language: 'de-DE' });
    emulator.addRule({ fault: 'internal', on: 'fast' });
    emulator.addRule({ fault: 'forbidden' });
    expect((await askIdentity(emulator)).status).toBe(200);
  });
});

describe('the stand-alone emulator', () => {
  it('reads its settings, and names what is wrong with them', () => {
    expect(readSettings({})).toMatchObject({ port: 5010, delayMs: 0, engine: 'script' });
    expect(readSettings({ PORT: '0', SPOKEN_LOCALE: 'de-DE' })).toMatchObject({
      port: 0,
      spokenLocale: 'de-DE',
    });
    expect(() => readSettings({ PORT: '80000' })).toThrow(/PORT is "80000".*0 to 65535/);
    expect(() => readSettings({ ENGINE: 'whisper' })).toThrow(/ENGINE is "whisper"/);
  });

  it('prints what the service needs, and ends when it is interrupted', async () => {
    const child = Bun.spawn([process.execPath, join(import.meta.dirname, 'main.ts')], {
      env: { PORT: '0', PATH: '' },
      stdout: 'pipe',
    });
    let output = '';
    for await (const chunk of child.stdout) {
      output += new TextDecoder().decode(chunk);
      if (output.includes('/emulator/faults')) child.kill('SIGINT');
    }
    expect(await child.exited).toBe(0);
    expect(output).toMatch(/export STT_AZURE_SPEECH_ENDPOINT=http:\/\/127\.0\.0\.1:\d+\n/);
    expect(output).toMatch(/export IDENTITY_ENDPOINT=http:\/\/127\.0\.0\.1:\d+\/msi\/token\n/);
    expect(output).toMatch(/export IDENTITY_HEADER=[0-9a-f]{48}\n/);
  });
});
