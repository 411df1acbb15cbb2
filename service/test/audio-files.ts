/** Real and made-up audio files for tests. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAudio } from '../src/audio/index.ts';

const ROOT = join(import.meta.dirname, '../..');

export const sample = (name: string): string => join(ROOT, 'samples', name);
export const fixture = (name: string): string => join(ROOT, 'service/test/fixtures/audio', name);

/** Runs with the bytes in a file whose name says nothing about them. */
export async function withFile<Result>(
  bytes: Uint8Array | string,
  run: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'audio-'));
  try {
    const path = join(folder, 'upload');
    await writeFile(path, bytes);
    return await run(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface Decoded {
  readonly container: string;
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly seconds: number;
  readonly samples: Float32Array;
}

export async function decode(path: string, maxSeconds = 60): Promise<Decoded> {
  const audio = await openAudio(path, { maxSeconds });
  try {
    const blocks: Float32Array[] = [];
    for await (const block of audio.pcm()) blocks.push(block);
    const samples = Float32Array.from(blocks.flatMap((block) => [...block]));
    const { container, codec, sampleRate, channels } = audio;
    return { container, codec, sampleRate, channels, seconds: samples.length / 16_000, samples };
  } finally {
    await audio.close();
  }
}

export const decodeBytes = (bytes: Uint8Array | string, maxSeconds = 60): Promise<Decoded> =>
  withFile(bytes, (path) => decode(path, maxSeconds));

export interface WavFields {
  readonly tag?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly bits?: number;
  readonly blockAlign?: number;
  readonly riffSize?: number;
  readonly dataSize?: number;
  /** Bytes of whole chunks between `fmt ` and `data`. */
  readonly extraChunks?: Uint8Array;
}

/** A wav file whose header says what it is told to say. */
export function wavFile(data: Uint8Array, fields: WavFields = {}): Uint8Array {
  const { tag = 1, channels = 1, sampleRate = 16_000, bits = 16 } = fields;
  const blockAlign = fields.blockAlign ?? (channels * bits) / 8;
  const extra = fields.extraChunks ?? new Uint8Array(0);
  const file = Buffer.alloc(44 + extra.length + data.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(fields.riffSize ?? file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(tag, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE((sampleRate * blockAlign) >>> 0, 28);
  file.writeUInt16LE(blockAlign & 0xffff, 32);
  file.writeUInt16LE(bits, 34);
  file.set(extra, 36);
  file.write('data', 36 + extra.length, 'latin1');
  file.writeUInt32LE(fields.dataSize ?? data.length, 40 + extra.length);
  file.set(data, 44 + extra.length);
  return file;
}

/** A tone as 16-bit samples. */
export function tone(hertz: number, seconds: number, sampleRate = 16_000): Uint8Array {
  const samples = Int16Array.from({ length: Math.round(seconds * sampleRate) }, (_, index) =>
    Math.round(Math.sin((2 * Math.PI * hertz * index) / sampleRate) * 16_000),
  );
  return new Uint8Array(samples.buffer);
}
