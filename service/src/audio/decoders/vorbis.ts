/** Vorbis packets to samples (libvorbis in WASM). */

import type { PacketDecoder } from './packet-decoder.ts';
import { quietly, toBlock } from './packet-decoder.ts';

/** The packet decoder inside `OggVorbisDecoder`, which itself takes whole Ogg pages only; webm has none. */
interface PacketLevel {
  sendSetupHeader(header: Uint8Array): void;
  initDsp(): void;
  decodePackets(packets: readonly Uint8Array[]): {
    channelData: Float32Array[];
    samplesDecoded: number;
    sampleRate: number;
  };
}

/** `headers` is the codec's private data as Matroska lays it out: the three header packets, Xiph-laced. */
export async function createVorbisDecoder(headers: Uint8Array): Promise<PacketDecoder> {
  const [identification, , setup] = splitXiphLacing(headers);
  if (identification === undefined || setup === undefined) {
    throw new Error('the Vorbis headers are incomplete');
  }
  const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  const { _decoder: packets } = decoder as unknown as { _decoder: PacketLevel };
  try {
    quietly(() => {
      packets.sendSetupHeader(identification);
      // The comment header is left out; the decoder puts an empty one in its place.
      packets.sendSetupHeader(setup);
      packets.initDsp();
    });
  } catch (error) {
    decoder.free();
    throw error;
  }
  return {
    decode: (packet) => toBlock(quietly(() => packets.decodePackets([packet]))),
    flush: () => null,
    free: () => decoder.free(),
  };
}

function splitXiphLacing(data: Uint8Array): Uint8Array[] {
  const count = (data[0] ?? 0) + 1;
  const sizes: number[] = [];
  let position = 1;
  while (sizes.length < count - 1 && position < data.length) {
    let size = 0;
    let part: number;
    do {
      part = data[position++] ?? 0;
      size += part;
    } while (part === 255 && position < data.length);
    sizes.push(size);
  }
  const packets = sizes.map((size) => {
    const packet = data.subarray(position, position + size);
    position += size;
    return packet;
  });
  return [...packets, data.subarray(position)];
}
