/** RIFF/WAVE, RF64 and RIFX headers. The file's real size wins over every size written in it. */

import { AppError } from '../../errors.ts';
import type { ByteFile } from '../byte-file.ts';
import type { PcmFormat } from '../decoders/pcm.ts';
import { emptyAudio, undecodable, unsupportedCodec } from '../limits.ts';
import type { PcmLayout } from './pcm-file.ts';

const MAX_CHUNKS = 1000;
const UNKNOWN_SIZE = 0xffff_ffff;

const TAG_PCM = 1;
const TAG_FLOAT = 3;
const TAG_ALAW = 6;
const TAG_ULAW = 7;
const TAG_EXTENSIBLE = 0xfffe;

const OTHER_CODECS: ReadonlyMap<number, string> = new Map([
  [0x0002, 'Microsoft ADPCM'],
  [0x0011, 'IMA ADPCM'],
  [0x0031, 'GSM 6.10'],
  [0x0050, 'MPEG layer 2'],
  [0x0055, 'mp3'],
  [0x00ff, 'AAC'],
  [0x0161, 'Windows Media audio'],
  [0x2000, 'Dolby Digital (AC-3)'],
]);

interface WavFormat {
  readonly format: PcmFormat;
  readonly sampleRate: number;
}

export async function readWavLayout(file: ByteFile): Promise<PcmLayout> {
  const riff = view(await file.read(0, 12));
  const littleEndian = riff.getUint8(3) !== 'X'.charCodeAt(0);
  let position = 12;
  let wavFormat: WavFormat | undefined;
  let data: { start: number; claimed: number } | undefined;
  let size64: number | undefined;

  for (let count = 0; count < MAX_CHUNKS && !(wavFormat && data); count++) {
    const header = await file.read(position, 8);
    if (header.length < 8) break;
    const id = String.fromCharCode(...header.subarray(0, 4));
    const size = view(header).getUint32(4, littleEndian);
    const start = position + 8;
    if (id === 'fmt ') {
      wavFormat = parseFormat(await file.read(start, Math.min(size, 40)), littleEndian);
    } else if (id === 'ds64') {
      const sizes = await file.read(start, 16);
      if (sizes.length === 16) size64 = Number(view(sizes).getBigUint64(8, littleEndian));
    } else if (id === 'data') {
      const isUnknown = size === UNKNOWN_SIZE;
      data = { start, claimed: isUnknown && size64 !== undefined ? size64 : size };
    }
    position = start + size + (size & 1);
  }

  if (wavFormat === undefined) throw undecodable('wav', new Error('no fmt chunk'));
  if (data === undefined) throw emptyAudio('wav');
  const { format, sampleRate } = wavFormat;
  const dataBytes = await realSize(file, data.start, data.claimed);
  return { container: 'wav', format, sampleRate, dataStart: data.start, dataBytes };
}

/**
 * Programs that write while they record leave 0 or 2³²-1 as size. Zero is believed only where another chunk follows.
 */
async function realSize(file: ByteFile, start: number, claimed: number): Promise<number> {
  const available = Math.max(0, file.size - start);
  if (claimed !== 0) return Math.min(claimed, available);
  const next = await file.read(start, 4);
  const isChunkId = [
    'LIST',
    'id3 ',
    'ID3 ',
    'fact',
    'bext',
    'cue ',
    'smpl',
    'JUNK',
    'PEAK',
  ].includes(String.fromCharCode(...next));
  return isChunkId ? 0 : available;
}

function parseFormat(bytes: Uint8Array, littleEndian: boolean): WavFormat {
  if (bytes.length < 14) throw undecodable('wav', new Error('fmt chunk is too short'));
  const fields = view(bytes);
  let tag = fields.getUint16(0, littleEndian);
  const channels = fields.getUint16(2, littleEndian);
  const sampleRate = fields.getUint32(4, littleEndian);
  const blockAlign = fields.getUint16(12, littleEndian);
  const bits = bytes.length >= 16 ? fields.getUint16(14, littleEndian) : 8;
  // The real tag of WAVE_FORMAT_EXTENSIBLE is the start of its GUID.
  if (tag === TAG_EXTENSIBLE && bytes.length >= 26) tag = fields.getUint16(24, littleEndian);

  const base = { channels, littleEndian };
  switch (tag) {
    case TAG_ALAW:
      return { sampleRate, format: { ...base, kind: 'alaw', bytesPerSample: 1 } };
    case TAG_ULAW:
      return { sampleRate, format: { ...base, kind: 'ulaw', bytesPerSample: 1 } };
    case TAG_FLOAT:
      if (bits !== 32 && bits !== 64) throw badBits(bits);
      return { sampleRate, format: { ...base, kind: 'float', bytesPerSample: bits / 8 } };
    case TAG_PCM: {
      const bytesPerSample = sampleWidth(bits, blockAlign, channels);
      const kind = bytesPerSample === 1 ? 'unsigned' : 'signed';
      return { sampleRate, format: { ...base, kind, bytesPerSample } };
    }
    default:
      throw unsupportedCodec(
        'wav',
        OTHER_CODECS.get(tag) ?? `an unknown codec (format tag 0x${tag.toString(16)})`,
      );
  }
}

/** 20 bits may sit in 3 bytes or in 4: the block size says which, unless it contradicts everything else. */
function sampleWidth(bits: number, blockAlign: number, channels: number): number {
  if (bits < 1 || bits > 32) throw badBits(bits);
  const smallest = Math.ceil(bits / 8);
  const aligned = blockAlign / channels;
  return Number.isInteger(aligned) && aligned > smallest && aligned <= 4 ? aligned : smallest;
}

function badBits(bits: number): AppError {
  return new AppError(
    'audio_undecodable',
    `The wav header says ${bits} bits per sample, which does not exist. The file is damaged or its header is wrong.`,
  );
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
