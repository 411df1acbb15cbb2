import { afterAll, describe, expect, it } from 'vitest';
import { createEmulator, scriptFor } from '../../emulator/index.ts';
import { fetchToken } from '../../emulator/test-clients.ts';
import type { AudioSource } from '../../src/engines/engine.ts';
import { createEngine } from '../../src/engines/registry.ts';

const MINUTES = 20;
const RATE = 16_000;
const second = new Float32Array(RATE).map((_, index) => Math.sin(index / 12) / 4);

const emulator = createEmulator();
afterAll(() => emulator.stop());

const engine = await createEngine('azure-speech', {
  faults: null,
  azure: {
    endpoint: emulator.url,
    languages: ['en-US'],
    stallMs: 5_000,
    fast: { maxBytes: 1, maxSeconds: 1 },
  },
});
await engine.load();

async function transcribe(seconds: number, signal = new AbortController().signal) {
  const source: AudioSource = {
    path: '',
    bytes: 0,
    async *pcm() {
      for (let at = 0; at < seconds; at += 1) yield second;
    },
    claimedSeconds: () => Promise.resolve(seconds),
    reportSeconds: () => undefined,
  };
  const options = { language: 'en', token: await fetchToken(emulator), alive: () => undefined };
  return Array.fromAsync(engine.transcribe(source, options, signal));
}

describe('the Speech SDK with its throttle lifted', () => {
  it(`hears ${MINUTES} minutes whole, phrase by phrase`, async () => {
    const segments = await transcribe(MINUTES * 60);
    expect(segments.map(({ text }) => text)).toEqual(
      scriptFor(MINUTES * 60, 'en-US').map(({ display }) => display),
    );
  });

  // The SDK itself never comes back from this: it resends audio without leaving the microtask queue.
  it.each(['hang-up', 'expired-token', 'throttled-1007'] as const)(
    'survives a connection that ends in the middle of a long recording: %s',
    async (fault) => {
      for (let round = 0; round < 5; round += 1) {
        emulator.addRule({ fault, times: 1, on: 'speech' });
        await expect(transcribe(MINUTES * 60)).rejects.toMatchObject({
          code: 'engine_unavailable',
        });
      }
      expect(emulator.openConnections).toBe(0);
    },
  );

  it('stops at once when it is told to, and closes its connection', async () => {
    emulator.addRule({ fault: 'stall', times: 1, on: 'speech' });
    const leave = new AbortController();
    const reason = new Error('the client left');
    setTimeout(() => leave.abort(reason), 100);
    await expect(transcribe(MINUTES * 60, leave.signal)).rejects.toBe(reason);
    expect(emulator.openConnections).toBe(0);
  });
});
