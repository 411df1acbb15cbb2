import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateSeconds } from './estimate-seconds.ts';

function wavHead(byteRate: number): Uint8Array {
  const head = new Uint8Array(32);
  head.set(new TextEncoder().encode('RIFF'));
  new DataView(head.buffer).setUint32(28, byteRate, true);
  return head;
}

describe('the guess at a length', () => {
  it('takes the byte rate of a WAV header', () => {
    expect(estimateSeconds(wavHead(32_000), 320_000)).toBe(10);
  });

  it('is not led far astray by a header that lies', () => {
    expect(estimateSeconds(wavHead(1), 40_000)).toBe(10);
    expect(estimateSeconds(wavHead(4_000_000_000), 1_000_000)).toBe(1);
  });

  it('tells compressed formats apart by their first bytes', () => {
    const flac = new TextEncoder().encode('fLaC' + ' '.repeat(28));
    const m4a = new TextEncoder().encode('\0\0\0 ftypM4A ' + ' '.repeat(20));
    expect(estimateSeconds(flac, 300_000)).toBe(10);
    expect(estimateSeconds(m4a, 120_000)).toBe(10);
  });

  it('is finite and not negative for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), fc.nat(), (head, bytes) => {
        const seconds = estimateSeconds(head, bytes);
        expect(Number.isFinite(seconds) && seconds >= 0).toBe(true);
      }),
    );
  });
});
