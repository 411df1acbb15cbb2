/** Opus packets to samples (libopus in WASM). */

import type { PacketDecoder } from './packet-decoder.ts';
import { quietly, toBlock } from './packet-decoder.ts';
import { OUTPUT_SAMPLE_RATE } from '../limits.ts';

/** Samples of lead-in at 48 kHz that the encoder asks to drop (RFC 7845, 4.2). */
export function opusPreSkip(header: Uint8Array | null): number {
  if (header === null || header.length < 19) return 0;
  return new DataView(header.buffer, header.byteOffset).getUint16(10, true);
}

/** `header` is the `OpusHead` of RFC 7845; more than two channels cannot be decoded without it. */
export async function createOpusDecoder(
  channels: number,
  header: Uint8Array | null,
): Promise<PacketDecoder> {
  const { OpusDecoder } = await import('opus-decoder');
  // libopus decodes straight to 16 kHz: half the work, and no resampler after it.
  const sampleRate = OUTPUT_SAMPLE_RATE;
  const decoder = new OpusDecoder({ sampleRate, channels, ...streamMapping(channels, header) });
  await decoder.ready;
  return {
    decode: (packet) => toBlock(quietly(() => decoder.decodeFrame(packet))),
    flush: () => null,
    free: () => decoder.free(),
  };
}

interface StreamMapping {
  streamCount: number;
  coupledStreamCount: number;
  channelMappingTable: number[];
}

function streamMapping(channels: number, header: Uint8Array | null): StreamMapping | null {
  const family = header?.[18] ?? 0;
  if (header === null || family === 0) return null;
  const [streamCount = 1, coupledStreamCount = 0] = header.subarray(19, 21);
  const channelMappingTable = [...header.subarray(21, 21 + channels)];
  if (channelMappingTable.length < channels) throw new Error('OpusHead has no channel mapping');
  return { streamCount, coupledStreamCount, channelMappingTable };
}
