import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLAC_HEADER_BYTES, flacSeconds } from './flac-header.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');

const manifest = JSON.parse(readFileSync(join(SAMPLES, 'manifest.json'), 'utf8')) as readonly {
  readonly file: string;
  readonly seconds: number;
}[];
const clips = manifest.filter(({ file }) => file.endsWith('.flac'));

describe('the length in the head of a FLAC file', () => {
  it.each(clips)('is what $file plays', ({ file, seconds }) => {
    const head = readFileSync(join(SAMPLES, file)).subarray(0, FLAC_HEADER_BYTES);
    expect(flacSeconds(head)).toBeCloseTo(seconds, 2);
  });

  it('holds more samples than 32 bits do', () => {
    const head = readFileSync(join(SAMPLES, 'report.flac')).subarray(0, FLAC_HEADER_BYTES);
    const long = Buffer.from(head);
    // 16 kHz, mono, 16 bits, and 2^35 samples.
    long.writeBigUInt64BE((16_000n << 44n) | (15n << 36n) | (1n << 35n), 18);
    expect(flacSeconds(long)).toBe(2_147_483.648);
  });

  it.each([
    ['a WAV file', readFileSync(join(SAMPLES, 'train.wav'))],
    ['a cut head', readFileSync(join(SAMPLES, 'report.flac')).subarray(0, FLAC_HEADER_BYTES - 1)],
    ['nothing', new Uint8Array()],
    [
      'a head that does not say',
      Buffer.concat([Buffer.from('fLaC\0\0\0\u0022'), Buffer.alloc(34)]),
    ],
    ['another block in its place', Buffer.concat([Buffer.from('fLaC\u0004'), Buffer.alloc(34, 1)])],
  ])('is unknown for %s', (_, bytes) => {
    expect(flacSeconds(bytes)).toBeNull();
  });
});
