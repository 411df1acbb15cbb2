import { AudioInputStream } from 'microsoft-cognitiveservices-speech-sdk';
import { describe, expect, it } from 'vitest';
import { toPcm16, upload } from './upload.ts';

const SECOND = new Float32Array(16_000);
const SECOND_BYTES = 32_000;

/** Sixty seconds; counts how many were taken. */
function minute() {
  const taken = { seconds: 0 };
  async function* pcm() {
    for (; taken.seconds < 60; taken.seconds += 1) yield SECOND;
  }
  return { taken, pcm };
}

describe('an upload', () => {
  it('stays near what is sent, so that a long recording is never held as a whole', async () => {
    const { taken, pcm } = minute();
    let sent = 0;
    const over = new AbortController();
    const uploading = upload(
      pcm(),
      AudioInputStream.createPushStream(),
      { sentBytes: () => sent, bufferedBytes: () => 0, onBlock: () => undefined },
      over.signal,
    );
    await Bun.sleep(50);
    expect(taken.seconds).toBeLessThanOrEqual(11);
    sent = 20 * SECOND_BYTES;
    await Bun.sleep(50);
    expect(taken.seconds).toBeGreaterThan(25);
    expect(taken.seconds).toBeLessThanOrEqual(31);
    over.abort();
    await uploading;
  });

  it('waits for the network too, not for the SDK alone', async () => {
    const { taken, pcm } = minute();
    let buffered = 10_000_000;
    const uploading = upload(
      pcm(),
      AudioInputStream.createPushStream(),
      { sentBytes: () => Infinity, bufferedBytes: () => buffered, onBlock: () => undefined },
      new AbortController().signal,
    );
    await Bun.sleep(30);
    expect(taken.seconds).toBe(0);
    buffered = 0;
    await uploading;
    expect(taken.seconds).toBe(60);
  });

  it('fails with what its source fails with', async () => {
    async function* broken(): AsyncGenerator<Float32Array> {
      yield SECOND;
      throw new Error('undecodable');
    }
    await expect(
      upload(
        broken(),
        AudioInputStream.createPushStream(),
        { sentBytes: () => 0, bufferedBytes: () => 0, onBlock: () => undefined },
        new AbortController().signal,
      ),
    ).rejects.toThrow('undecodable');
  });

  it('is 16-bit, and clips what is too loud', () => {
    expect([...new Int16Array(toPcm16(Float32Array.of(0, 0.5, -0.5, 1.2, -1.2)))]).toEqual([
      0, 16_384, -16_384, 32_767, -32_768,
    ]);
  });
});
