/** Recordings for tests and benchmarks: decoded clips and what can be made of them. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { openAudio } from '../../audio/index.ts';
import type { AudioSource } from '../engine.ts';

export const SAMPLE_RATE = 16_000;

export async function decoded(path: string): Promise<Float32Array> {
  const audio = await openAudio(path, { maxSeconds: 7200 });
  try {
    const blocks: Float32Array[] = [];
    for await (const block of audio.pcm()) blocks.push(block.slice());
    return joined(blocks);
  } finally {
    await audio.close();
  }
}

export function audioFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /\.(wav|flac|mp3|m4a|ogg|webm)$/.test(file))
    .toSorted()
    .map((file) => join(folder, file));
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    samples.set(part, offset);
    offset += part.length;
  }
  return samples;
}

export function silence(seconds: number): Float32Array {
  return new Float32Array(seconds * SAMPLE_RATE);
}

/** A source that has these samples, in blocks of a quarter of a second. */
export function sourceOf(samples: Float32Array): AudioSource {
  const block = SAMPLE_RATE / 4;
  return {
    path: '',
    bytes: samples.byteLength,
    async *pcm() {
      for (let offset = 0; offset < samples.length; offset += block) {
        yield samples.subarray(offset, offset + block);
      }
    },
    claimedSeconds: () => Promise.resolve(samples.length / SAMPLE_RATE),
    reportSeconds: () => undefined,
  };
}
