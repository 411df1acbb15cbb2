import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator } from '../../service/emulator/index.ts';
import type { Emulator, FaultRule } from '../../service/emulator/index.ts';
import { fetchToken } from '../../service/emulator/test-clients.ts';
import { tryTranscription } from './speech-call.ts';

const CLIP = join(import.meta.dirname, '../../samples/train.wav');

let emulator: Emulator;

beforeAll(() => {
  emulator = createEmulator();
});
afterEach(() => emulator.clearRules());
afterAll(() => emulator.stop());

const call = async (endpoint = emulator.url, token?: string) =>
  tryTranscription(endpoint, token ?? (await fetchToken(emulator)), CLIP, 'de-DE');

describe('a first transcription', () => {
  it('gives the text', async () => {
    expect(await call()).toEqual({ value: expect.stringContaining('Part one in de-DE') });
  });

  it.each<[FaultRule['fault'], string]>([
    ['forbidden', 'has not arrived yet (403)'],
    ['unauthorized', 'has not arrived yet (401)'],
    ['expired-token', 'has not arrived yet (401)'],
    ['throttled', 'Speech is busy (429)'],
    ['unavailable', 'Speech is busy (503)'],
    ['hang-up', 'does not answer yet'],
    ['garbage', 'is no transcription'],
  ])('waits for more than %s', async (fault, sentence) => {
    emulator.addRule({ fault, on: 'fast' });
    expect(await call()).toEqual({ waitingFor: expect.stringContaining(sentence) });
  });

  it('waits for a name that is not known yet', async () => {
    expect(await call('http://127.0.0.1:9', 'x')).toEqual({
      waitingFor: expect.stringContaining('http://127.0.0.1:9 does not answer yet'),
    });
  });
});
