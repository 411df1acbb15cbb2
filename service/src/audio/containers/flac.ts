/** FLAC, bare or inside Ogg. libFLAC's own wrapper finds the frames; only the headers are read here. */

import type { AudioStream } from '../audio-stream.ts';
import type { ByteFile } from '../byte-file.ts';
import { decodePackets } from '../decoders/decode-packets.ts';
import { createFlacStreamDecoder } from '../decoders/flac.ts';
import { checkShape, undecodable } from '../limits.ts';

const STREAM_INFO_BYTES = 34;
/** `fLaC`, then the header of the metadata block that must come first, STREAMINFO. */
const STREAM_INFO_AT = 8;
/** Inside Ogg the same comes after a page header of 28 bytes and a mapping header of 9. */
const OGG_MAPPING_AT = 28;
const OGG_MAPPING_BYTES = 9;
const MAX_METADATA_BLOCKS = 1000;
const PIECE_BYTES = 1 << 15;

export async function isOggFlac(file: ByteFile): Promise<boolean> {
  const mark = await file.read(OGG_MAPPING_AT, 5);
  return String.fromCharCode(...mark) === '\x7fFLAC';
}

export async function openOggFlac(file: ByteFile): Promise<AudioStream> {
  const info = await streamInfo(file, 'ogg', OGG_MAPPING_AT + OGG_MAPPING_BYTES);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < file.size; at += PIECE_BYTES) yield file.read(at, PIECE_BYTES);
  }
  return stream('ogg', info, pieces);
}

export async function openFlac(file: ByteFile, start: number): Promise<AudioStream> {
  const info = await streamInfo(file, 'flac', start);
  const framesStart = await skipMetadata(file, start);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    // Tags and cover art are left out: a picture can contain what looks like a frame.
    const head = await file.read(start, STREAM_INFO_AT + STREAM_INFO_BYTES);
    head[4] = (head[4] ?? 0) | LAST_BLOCK;
    yield head;
    for (let at = framesStart; at < file.size; at += PIECE_BYTES) {
      yield file.read(at, PIECE_BYTES);
    }
  }
  return stream('flac', info, pieces);
}

const LAST_BLOCK = 0x80;

async function skipMetadata(file: ByteFile, start: number): Promise<number> {
  let position = start + 4;
  for (let count = 0; count < MAX_METADATA_BLOCKS; count++) {
    const [type = LAST_BLOCK, high = 0, middle = 0, low = 0] = await file.read(position, 4);
    position += 4 + ((high << 16) | (middle << 8) | low);
    if ((type & LAST_BLOCK) !== 0) break;
  }
  return position;
}

interface StreamInfo {
  readonly sampleRate: number;
  readonly channels: number;
  /** 0 when the encoder did not know yet. */
  readonly samples: number;
}

async function streamInfo(file: ByteFile, container: string, flacAt: number): Promise<StreamInfo> {
  const bytes = await file.read(flacAt + STREAM_INFO_AT, STREAM_INFO_BYTES);
  if (bytes.length < STREAM_INFO_BYTES) throw undecodable(container, new Error('no STREAMINFO'));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sampleRate = view.getUint32(10) >>> 12;
  const channels = ((view.getUint8(12) >> 1) & 7) + 1;
  checkShape(container, sampleRate, channels);
  const samples = (view.getUint8(13) & 15) * 2 ** 32 + view.getUint32(14);
  return { sampleRate, channels, samples };
}

function stream(
  container: string,
  { sampleRate, channels, samples }: StreamInfo,
  pieces: () => AsyncGenerator<Uint8Array>,
): AudioStream {
  return {
    container,
    codec: 'flac',
    sampleRate,
    channels,
    durationSeconds: samples === 0 ? null : samples / sampleRate,
    blocks: () => decodePackets(container, pieces(), createFlacStreamDecoder),
    dispose: () => undefined,
  };
}
