import { readFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { fixture } from '../../../test/audio-files.ts';
import { createAacDecoder } from './aac.ts';

const CONFIG = { objectType: 2, sampleRateIndex: 7, sampleRate: 22_050, channelConfiguration: 1 };

const bytes = new Uint8Array(await readFile(fixture('adts.aac')));
const frames: Uint8Array[] = [];
for (let at = 0; at < bytes.length;) {
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  frames.push(bytes.subarray(at, at + length));
  at += length;
}

async function decodeAll(packets: readonly Uint8Array[]): Promise<number[]> {
  const decoder = await createAacDecoder(CONFIG);
  const samples: number[] = [];
  for (const packet of packets) {
    samples.push(...((await decoder.decode(packet))?.channels[0] ?? []));
  }
  decoder.free();
  return samples;
}

const loudest = (samples: readonly number[]): number => Math.max(...samples.map(Math.abs));

it('gives 1024 samples for each frame', async () => {
  const samples = await decodeAll(frames);
  expect(samples).toHaveLength(frames.length * 1024);
  expect(loudest(samples)).toBeGreaterThan(0.1);
});

it('puts silence in the place of a damaged frame and goes on in time', async () => {
  const whole = await decodeAll(frames);
  const damaged = await decodeAll(frames.with(10, new Uint8Array(40).fill(0x40)));
  expect(damaged).toHaveLength(whole.length);
  expect(loudest(damaged.slice(10 * 1024, 11 * 1024))).toBe(0);
  // Two frames later nothing of the damage is left.
  expect(damaged.slice(13 * 1024)).toEqual(whole.slice(13 * 1024));
});

it('gives nothing, not silence, when no frame is whole', async () => {
  expect(await decodeAll(frames.map(() => new Uint8Array(9000)))).toEqual([]);
});

it('starts anew when a frame makes the decoder trap', async () => {
  const Instance = WebAssembly.Instance;
  const spy = vi.spyOn(WebAssembly, 'Instance').mockImplementationOnce(function trapping(module) {
    const { exports } = new Instance(module);
    const trap = (): never => {
      throw new WebAssembly.RuntimeError('unreachable');
    };
    return { exports: { ...exports, aac_decode: trap } };
  });
  const samples = await decodeAll(frames);
  spy.mockRestore();
  expect(samples).toHaveLength((frames.length - 1) * 1024);
});
