/** Uncompressed samples of every width to floats. */

export interface PcmFormat {
  readonly kind: 'signed' | 'unsigned' | 'float' | 'alaw' | 'ulaw';
  readonly bytesPerSample: number;
  readonly littleEndian: boolean;
  readonly channels: number;
}

/** One array per channel; a cut-off frame at the end is dropped. */
export function decodePcm(bytes: Uint8Array, format: PcmFormat): Float32Array[] {
  const { channels, bytesPerSample } = format;
  const frames = Math.floor(bytes.length / (channels * bytesPerSample));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = sampleReader(view, format);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(frames);
    let offset = channel * bytesPerSample;
    for (let frame = 0; frame < frames; frame++) {
      samples[frame] = read(offset);
      offset += channels * bytesPerSample;
    }
    return samples;
  });
}

function sampleReader(view: DataView, format: PcmFormat): (offset: number) => number {
  const little = format.littleEndian;
  switch (format.kind) {
    case 'alaw':
      return (offset) => (alawTable ??= g711Table(alawToLinear))[view.getUint8(offset)]!;
    case 'ulaw':
      return (offset) => (ulawTable ??= g711Table(ulawToLinear))[view.getUint8(offset)]!;
    case 'float':
      return format.bytesPerSample === 8
        ? (offset) => view.getFloat64(offset, little)
        : (offset) => view.getFloat32(offset, little);
    case 'unsigned':
      return (offset) => (view.getUint8(offset) - 128) / 128;
    case 'signed':
      switch (format.bytesPerSample) {
        case 1:
          return (offset) => view.getInt8(offset) / 0x80;
        case 2:
          return (offset) => view.getInt16(offset, little) / 0x8000;
        case 3:
          return little
            ? (offset) =>
                (view.getInt8(offset + 2) * 0x10000 + view.getUint16(offset, true)) / 0x800000
            : (offset) =>
                (view.getInt8(offset) * 0x10000 + view.getUint16(offset + 1, false)) / 0x800000;
        default:
          return (offset) => view.getInt32(offset, little) / 0x80000000;
      }
  }
}

let alawTable: Float32Array | undefined;
let ulawTable: Float32Array | undefined;

function g711Table(toLinear: (code: number) => number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => toLinear(code) / 0x8000);
}

/** ITU-T G.711: sign, three bits of exponent, four of mantissa. */
function ulawToLinear(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}

function alawToLinear(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}
