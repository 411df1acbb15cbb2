/** AIFF and AIFF-C headers. */

import type { ByteFile } from '../byte-file.ts';
import type { PcmFormat } from '../decoders/pcm.ts';
import { emptyAudio, undecodable, unsupportedCodec } from '../limits.ts';
import type { PcmLayout } from './pcm-file.ts';

const MAX_CHUNKS = 1000;

interface Common {
  readonly format: PcmFormat;
  readonly sampleRate: number;
}

export async function readAiffLayout(file: ByteFile): Promise<PcmLayout> {
  let position = 12;
  let common: Common | undefined;
  let data: { start: number; bytes: number } | undefined;

  for (let count = 0; count < MAX_CHUNKS && !(common && data); count++) {
    const header = await file.read(position, 8);
    if (header.length < 8) break;
    const id = String.fromCharCode(...header.subarray(0, 4));
    const size = view(header).getUint32(4);
    const start = position + 8;
    if (id === 'COMM') {
      common = parseCommon(await file.read(start, Math.min(size, 22)));
    } else if (id === 'SSND') {
      const offset = await file.read(start, 4);
      const skip = 8 + (offset.length === 4 ? view(offset).getUint32(0) : 0);
      const claimed = size === 0 ? Number.POSITIVE_INFINITY : size - skip;
      const bytes = Math.max(0, Math.min(claimed, file.size - start - skip));
      data = { start: start + skip, bytes };
    }
    position = start + size + (size & 1);
  }

  if (common === undefined) throw undecodable('aiff', new Error('no COMM chunk'));
  if (data === undefined) throw emptyAudio('aiff');
  return { container: 'aiff', ...common, dataStart: data.start, dataBytes: data.bytes };
}

function parseCommon(bytes: Uint8Array): Common {
  if (bytes.length < 18) throw undecodable('aiff', new Error('COMM chunk is too short'));
  const fields = view(bytes);
  const channels = fields.getUint16(0);
  const bits = fields.getUint16(6);
  const compression = bytes.length >= 22 ? String.fromCharCode(...bytes.subarray(18, 22)) : 'NONE';
  const format = formatOf(compression, bits, channels);
  return { format, sampleRate: extendedFloat(fields, 8) };
}

function formatOf(compression: string, bits: number, channels: number): PcmFormat {
  const base = { channels, littleEndian: false };
  switch (compression.toLowerCase()) {
    case 'none':
    case 'twos':
    case 'in24':
    case 'in32':
      return { ...base, kind: 'signed', bytesPerSample: sampleWidth(bits) };
    case 'sowt':
      return { ...base, kind: 'signed', bytesPerSample: sampleWidth(bits), littleEndian: true };
    case 'raw ':
      return { ...base, kind: 'unsigned', bytesPerSample: 1 };
    case 'fl32':
      return { ...base, kind: 'float', bytesPerSample: 4 };
    case 'fl64':
      return { ...base, kind: 'float', bytesPerSample: 8 };
    case 'alaw':
      return { ...base, kind: 'alaw', bytesPerSample: 1 };
    case 'ulaw':
      return { ...base, kind: 'ulaw', bytesPerSample: 1 };
    default:
      throw unsupportedCodec('aiff', `an unknown codec (${JSON.stringify(compression)})`);
  }
}

function sampleWidth(bits: number): number {
  if (bits < 1 || bits > 32) throw undecodable('aiff', new Error(`${bits} bits per sample`));
  return Math.ceil(bits / 8);
}

/** The 80-bit float of the old Macintosh: sign and exponent, then a 64-bit mantissa with its leading one. */
function extendedFloat(fields: DataView, offset: number): number {
  const exponent = fields.getUint16(offset) & 0x7fff;
  const mantissa = fields.getUint32(offset + 2) * 2 ** 32 + fields.getUint32(offset + 6);
  return mantissa * 2 ** (exponent - 16_383 - 63);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
