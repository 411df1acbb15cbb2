/** MPEG audio frames (mp3, mp2, mp1) to samples (mpg123 in WASM, which also trims what LAME says is padding). */

import type { PacketDecoder } from './packet-decoder.ts';
import { quietly, toBlock } from './packet-decoder.ts';

export async function createMpegDecoder(): Promise<PacketDecoder> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder();
  await decoder.ready;
  return {
    decode: (packet) => toBlock(quietly(() => decoder.decodeFrame(packet))),
    flush: () => null,
    free: () => decoder.free(),
  };
}
