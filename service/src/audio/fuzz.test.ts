import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { decodeBytes, fixture, sample } from '../../test/audio-files.ts';

const MAX_SECONDS = 10;
const PATHS = [
  ...['library.mp3', 'window.ogg', 'newspaper.webm'].map(sample),
  ...['s16.wav', 's24-extensible.wav', 'f32.wav', 's16.aiff', 'pcm.mov', 'flac.ogg'].map(fixture),
  ...['noise.flac', 'vorbis.ogg', 'vorbis.webm', 'live.webm', 'opus.mp4', 'layer2.mp3'].map(
    fixture,
  ),
  ...['adts.aac', 'stereo.m4a', 'fragmented.mp4', 'video.mp4'].map(fixture),
];
const files = await Promise.all(PATHS.map((path) => readFile(path)));

/** Positions are shares of the file; most damage that matters is done to the headers in front. */
const position = fc.oneof(
  fc.double({ min: 0, max: 0.05, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const damage = fc.record({
  file: fc.constantFrom(...files),
  bytes: fc.array(fc.tuple(position, fc.oneof(fc.constantFrom(0, 0xff), fc.nat(255))), {
    maxLength: 20,
  }),
  keep: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: position }),
});

it(
  'answers every damaged file with samples or with a 4xx sentence, soon',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, bytes, keep }) => {
        const copy = Buffer.from(file.subarray(0, Math.ceil(file.length * keep)));
        for (const [at, value] of bytes) copy[Math.floor(at * (copy.length - 1))] = value;
        const started = performance.now();
        try {
          const { samples, seconds } = await decodeBytes(copy, MAX_SECONDS);
          expect(seconds).toBeLessThanOrEqual(MAX_SECONDS);
          expect(samples.every((value) => value >= -1 && value <= 1)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).status).toBeGreaterThanOrEqual(400);
          expect((error as AppError).status).toBeLessThan(500);
        }
        expect(performance.now() - started).toBeLessThan(5000);
      }),
      { seed: 20_261_123, numRuns: 400 },
    );
  },
);
