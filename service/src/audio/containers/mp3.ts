/** Files of bare MPEG audio frames: mp3, and its elders mp2 and mp1. */

import type { AudioStream, DecodedBlock } from '../audio-stream.ts';
import type { ByteFile } from '../byte-file.ts';
import { createMpegDecoder } from '../decoders/mpeg.ts';
import { decodePackets } from '../decoders/decode-packets.ts';
import { checkShape, undecodable } from '../limits.ts';
import type { Frame, FrameHeader } from './frame-walker.ts';
import { walkFrames } from './frame-walker.ts';

/** kbit/s by [MPEG-1 or not][layer 1, 2, 3]; 0 is "free format", which nobody writes. */
const BITRATES = [
  [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  [
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
] as const;
const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;

interface MpegHeader extends FrameHeader {
  readonly layer: number;
  readonly samples: number;
  /** Where a Xing, Info or LAME tag sits in a layer 3 frame. */
  readonly tagOffset: number;
}

export function parseMpegHeader(bytes: Uint8Array, offset: number): MpegHeader | null {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = bytes.subarray(offset, offset + 4);
  if (b0 !== 0xff || (b1 & 0xe0) !== 0xe0) return null;
  // 3 is MPEG-1, 2 is MPEG-2, 0 is MPEG-2.5; 1 is reserved.
  const version = (b1 >> 3) & 3;
  const layer = 4 - ((b1 >> 1) & 3);
  if (version === 1 || layer === 4) return null;
  const isMpeg1 = version === 3;
  const bitrate = BITRATES[isMpeg1 ? 0 : 1][layer - 1]?.[b2 >> 4] ?? 0;
  const fullRate = SAMPLE_RATES[(b2 >> 2) & 3];
  if (bitrate === 0 || fullRate === undefined) return null;
  const sampleRate = fullRate >> (isMpeg1 ? 0 : version === 2 ? 1 : 2);
  const padding = (b2 >> 1) & 1;
  const samples = layer === 1 ? 384 : layer === 2 || isMpeg1 ? 1152 : 576;
  const slotBytes = layer === 1 ? 4 : 1;
  const slots = Math.floor((samples * bitrate * 125) / (sampleRate * slotBytes)) + padding;
  const channels = b3 >> 6 === 3 ? 1 : 2;
  const sideInfo = isMpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return {
    bytes: slots * slotBytes,
    sampleRate,
    channels,
    kind: (version << 8) | (layer << 4) | ((b2 >> 2) & 3),
    layer,
    samples,
    tagOffset: 4 + sideInfo,
  };
}

export async function openMp3(file: ByteFile, start: number): Promise<AudioStream> {
  const frames = (): AsyncGenerator<Frame> => walkFrames(file, start, parseMpegHeader);
  const first = await firstOf(frames());
  const header = first && parseMpegHeader(first.data, 0);
  if (!first || !header) throw undecodable('mp3', new Error('no MPEG audio frame found'));
  const { sampleRate, channels } = header;
  checkShape('mp3', sampleRate, channels);

  async function* packets(): AsyncGenerator<Uint8Array> {
    // The frame of the Xing tag is handed over too: mpg123 reads from it how much padding to trim.
    for await (const frame of frames()) yield frame.data;
  }
  return {
    container: 'mp3',
    codec: `mp${header.layer}`,
    sampleRate,
    channels,
    durationSeconds: claimedSeconds(first.data, header),
    blocks: (): AsyncIterable<DecodedBlock> => decodePackets('mp3', packets(), createMpegDecoder),
    dispose: () => undefined,
  };
}

/** The length by the Xing or Info tag. A guess from file size and bit rate would be wrong for every VBR file without. */
function claimedSeconds(frame: Uint8Array, header: MpegHeader): number | null {
  const at = header.tagOffset;
  const tag = String.fromCharCode(...frame.subarray(at, at + 4));
  if ((tag !== 'Xing' && tag !== 'Info') || frame.length < at + 12) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const hasFrameCount = (view.getUint32(at + 4) & 1) !== 0;
  return hasFrameCount ? (view.getUint32(at + 8) * header.samples) / header.sampleRate : null;
}

async function firstOf<Item>(items: AsyncGenerator<Item>): Promise<Item | null> {
  for await (const item of items) return item;
  return null;
}
