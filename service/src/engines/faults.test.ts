import { describe, expect, it } from 'vitest';
import type { AudioSource, Engine } from './engine.ts';
import { parseFaults, withFaults } from './faults.ts';

const SOURCE: AudioSource = {
  path: '/nowhere',
  bytes: 0,
  async *pcm() {
    // No audio: the engine below does not look at it.
  },
  claimedSeconds: () => Promise.resolve(null),
  reportSeconds: () => undefined,
};

const ENGINE: Engine = {
  id: 'echo',
  support: { languages: ['en'], words: false, maxAudioSeconds: null, memoryMb: 1 },
  load: () => Promise.resolve(),
  close: () => Promise.resolve(),
  async *transcribe() {
    yield { start: 0, end: 1, text: 'words', confidence: 1 };
  },
};

async function transcribe(faults: string, signal = new AbortController().signal) {
  const engine = withFaults(ENGINE, parseFaults(faults));
  return Array.fromAsync(
    engine.transcribe(SOURCE, { language: 'en', token: null, alive: () => undefined }, signal),
  );
}

describe('faults on purpose', () => {
  it('are parsed with their units', () => {
    expect(parseFaults('leak:260MB, crash:0.1,hang:0.05,slow:2s')).toEqual({
      leakBytes: 260 * 1024 * 1024,
      crashRate: 0.1,
      hangRate: 0.05,
      slowSeconds: 2,
    });
  });

  it.each(['leak:260', 'crash:2', 'slow:2', 'hang:', 'explode:1', ''])(
    '"%s" is unreadable',
    (text) => {
      expect(() => parseFaults(text)).toThrow(/unreadable fault/);
    },
  );

  it('slow waits, and the words still come', async () => {
    const startedAt = performance.now();
    expect(await transcribe('slow:0.2s')).toHaveLength(1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(190);
  });

  it('slow ends at once when the request is cancelled', async () => {
    const reason = new Error('cancelled');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    await expect(transcribe('slow:60s', controller.signal)).rejects.toBe(reason);
    await expect(transcribe('slow:60s', AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('leak keeps memory of each request', async () => {
    const engine = withFaults(ENGINE, parseFaults('leak:30MB'));
    const before = process.memoryUsage.rss();
    for (let request = 0; request < 4; request++) {
      await Array.fromAsync(
        engine.transcribe(
          SOURCE,
          { language: 'en', token: null, alive: () => undefined },
          new AbortController().signal,
        ),
      );
    }
    expect(process.memoryUsage.rss() - before).toBeGreaterThan(80 * 1024 * 1024);
  });
});
