/** Lets a cut-off file end with zeros, so that its last page or cluster is not lost as a whole. */

import type { ByteFile } from '../byte-file.ts';

/** The largest page there can be: 27 + 255 + 255 × 255 bytes. */
const MAX_OGG_PAGE_BYTES = 65_307;
const MAX_CLUSTER_TAIL_BYTES = 1 << 20;
const HEAD_BYTES = 4096;
const SEGMENT_ID = Buffer.from('18538067', 'hex');

/** How many zeros to show behind the real end of the file. */
export async function tailBytes(
  file: ByteFile,
  container: 'mp4' | 'ogg' | 'webm',
): Promise<number> {
  switch (container) {
    case 'mp4':
      return 0;
    case 'ogg':
      return MAX_OGG_PAGE_BYTES;
    case 'webm': {
      const missing = (await segmentEnd(file)) - file.size;
      return Math.max(0, Math.min(missing, MAX_CLUSTER_TAIL_BYTES));
    }
  }
}

/** Where the segment of a Matroska file says that it ends; 0 when it does not say. */
async function segmentEnd(file: ByteFile): Promise<number> {
  const head = Buffer.from(await file.read(0, HEAD_BYTES));
  const at = head.indexOf(SEGMENT_ID);
  const first = head[at + 4];
  if (at === -1 || first === undefined || first === 0) return 0;
  // The position of the first set bit is the length of the size in bytes; all ones mean "unknown".
  const length = Math.clz32(first) - 23;
  let size = first & (0xff >> length);
  let isUnknown = size === 0xff >> length;
  for (const byte of head.subarray(at + 5, at + 4 + length)) {
    size = size * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  return isUnknown ? 0 : at + 4 + length + size;
}

/** Like `file.read`, with zeros for what is behind the end. */
export async function readPadded(file: ByteFile, start: number, end: number): Promise<Uint8Array> {
  const bytes = await file.read(start, end - start);
  if (bytes.length === end - start) return bytes;
  const padded = new Uint8Array(end - start);
  padded.set(bytes);
  return padded;
}

/** A packet that lies in the zeros altogether was never uploaded. */
export function isMissing(packet: Uint8Array): boolean {
  return packet.length > 2 && packet.every((byte) => byte === 0);
}
