import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { fixture, hasAac } from '../../../test/audio-files.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import { createAacDecoder } from './aac.ts';

const CONFIG = { objectType: 2, sampleRateIndex: 7, sampleRate: 22_050, channelConfiguration: 1 };

async function adtsFrames(): Promise<Uint8Array[]> {
  const bytes = new Uint8Array(await readFile(fixture('adts.aac')));
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
    frames.push(bytes.subarray(at, at + length));
    at += length;
  }
  return frames;
}

async function decodeAll(decoder: PacketDecoder, frames: readonly Uint8Array[]): Promise<number[]> {
  const samples: number[] = [];
  for (const frame of frames) samples.push(...((await decoder.decode(frame))?.channels[0] ?? []));
  samples.push(...((await decoder.flush())?.channels[0] ?? []));
  decoder.free();
  return samples;
}

describe.runIf(hasAac)('the AAC decoder', () => {
  it('joins its pieces so that nobody can tell where', async () => {
    const words = await adtsFrames();
    // The same second of speech over and over: longer than two pieces.
    const frames = Array.from({ length: 12 }, () => words).flat();
    const joined = await decodeAll(await createAacDecoder(CONFIG), frames);
    expect(joined).toHaveLength(frames.length * 1024);
    // From the second round on every round sounds like the one before, wherever the joints are.
    const round = words.length * 1024;
    let difference = 0;
    for (let index = 2 * round; index < joined.length; index++) {
      difference = Math.max(difference, Math.abs(joined[index]! - joined[index - round]!));
    }
    // AAC fills in noise at random, far below what a click would be.
    expect(difference).toBeLessThan(0.005);
  });

  it('loses no more than the neighbourhood of a damaged frame', async () => {
    const frames = await adtsFrames();
    const broken = frames.with(
      10,
      frames[10]!.map((byte, index) => (index < 7 ? byte : 0xff)),
    );
    const whole = await decodeAll(await createAacDecoder(CONFIG), frames);
    const rest = await decodeAll(await createAacDecoder(CONFIG), broken);
    expect(rest.length).toBeGreaterThan(whole.length / 2);
  });
});

it('says what is missing where the native library cannot be loaded', async () => {
  vi.doMock('node-web-audio-api', () => {
    throw new Error('libasound.so.2: cannot open shared object file');
  });
  vi.resetModules();
  const { createAacDecoder: create } = await import('./aac.ts');
  await expect(create(CONFIG)).rejects.toMatchObject({
    code: 'unsupported_media',
    message: expect.stringContaining('libasound2') as string,
  });
  vi.doUnmock('node-web-audio-api');
});
