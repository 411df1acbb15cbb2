/** FLAC to samples (libFLAC in WASM). */

import type { PacketDecoder } from './packet-decoder.ts';
import { quietly, toBlock } from './packet-decoder.ts';

/** Takes one frame at a time, as mp4 and Matroska hand them out. */
export async function createFlacDecoder(): Promise<PacketDecoder> {
  const decoder = await load();
  return {
    decode: async (frame) => toBlock(await quietly(() => decoder.decodeFrames([frame]))),
    flush: () => null,
    free: () => decoder.free(),
  };
}

/** Takes pieces of any length of a FLAC or Ogg FLAC file. */
export async function createFlacStreamDecoder(): Promise<PacketDecoder> {
  const decoder = await load();
  return {
    decode: async (bytes) => toBlock(await quietly(() => decoder.decode(bytes))),
    flush: async () => toBlock(await quietly(() => decoder.flush())),
    free: () => decoder.free(),
  };
}

async function load() {
  const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
  const decoder = new FLACDecoder();
  await decoder.ready;
  return decoder;
}
