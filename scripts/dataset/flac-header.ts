/** How long a FLAC file plays, from the block at its very beginning: nothing is decoded. */

/** The mark, the head of the first block and what STREAMINFO says up to the number of samples. */
export const FLAC_HEADER_BYTES = 26;

const MARK = 'fLaC';
const BLOCK_TYPE_MASK = 0x7f;
const STREAMINFO = 0;
/** 20 bits of rate, 3 of channels, 5 of depth, 36 of samples. */
const RATE_AND_SAMPLES_OFFSET = 18;
const RATE_SHIFT = 44n;
const SAMPLES_MASK = (1n << 36n) - 1n;

/** Seconds with three decimals, or null where these bytes begin no FLAC file of a known length. */
export function flacSeconds(head: Uint8Array): number | null {
  if (head.length < FLAC_HEADER_BYTES) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (String.fromCharCode(...head.subarray(0, MARK.length)) !== MARK) return null;
  if ((view.getUint8(MARK.length) & BLOCK_TYPE_MASK) !== STREAMINFO) return null;
  const packed = view.getBigUint64(RATE_AND_SAMPLES_OFFSET);
  const rate = Number(packed >> RATE_SHIFT);
  const samples = Number(packed & SAMPLES_MASK);
  return rate === 0 || samples === 0 ? null : Math.round((samples / rate) * 1000) / 1000;
}
