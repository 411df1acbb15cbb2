/** A guess at how long a recording is, from its first bytes and its size: for queueing only, never for answers. */

/** Typical bytes per second of speech, by the magic at the start of a file. */
const TYPICAL: readonly {
  readonly magic: string;
  readonly at: number;
  readonly bytesPerSecond: number;
}[] = [
  { magic: 'fLaC', at: 0, bytesPerSecond: 30_000 },
  { magic: 'OggS', at: 0, bytesPerSecond: 8_000 },
  { magic: '\x1aE\xdf\xa3', at: 0, bytesPerSecond: 8_000 },
  { magic: 'ftyp', at: 4, bytesPerSecond: 12_000 },
  { magic: 'FORM', at: 0, bytesPerSecond: 88_200 },
];
const OTHER_BYTES_PER_SECOND = 12_000;
const WAV_BYTE_RATE_OFFSET = 28;

/** Seconds; `head` holds the first 32 bytes of the file, `bytes` is its size. */
export function estimateSeconds(head: Uint8Array, bytes: number): number {
  return bytes / bytesPerSecond(head);
}

function bytesPerSecond(head: Uint8Array): number {
  const text = String.fromCharCode(...head.subarray(0, 16));
  if (text.startsWith('RIFF') && head.byteLength >= WAV_BYTE_RATE_OFFSET + 4) {
    const rate = new DataView(head.buffer, head.byteOffset).getUint32(WAV_BYTE_RATE_OFFSET, true);
    // A lying header must not make a small file look like hours, nor a large one like nothing.
    return Math.min(Math.max(rate, 4_000), 1_000_000);
  }
  const known = TYPICAL.find(({ magic, at }) => text.startsWith(magic, at));
  return known?.bytesPerSecond ?? OTHER_BYTES_PER_SECOND;
}
