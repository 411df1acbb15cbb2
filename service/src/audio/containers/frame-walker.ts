/** Walks a file of self-describing frames (mp3, ADTS) and finds the next one again after garbage. */

import type { ByteFile } from '../byte-file.ts';

export interface FrameHeader {
  /** Length of the whole frame, header included. */
  readonly bytes: number;
  readonly sampleRate: number;
  readonly channels: number;
  /** Frames of one stream agree in this; it tells a frame from bytes that happen to look like one. */
  readonly kind: number;
}

export type ParseHeader = (bytes: Uint8Array, offset: number) => FrameHeader | null;

export interface Frame {
  readonly header: FrameHeader;
  readonly data: Uint8Array;
}

const WINDOW_BYTES = 1 << 16;
/** No header is longer than this. */
const HEADER_BYTES = 7;
/** Longer stretches without a frame end the walk: the rest of the file is something else. */
const MAX_GARBAGE_BYTES = 1 << 20;

export async function* walkFrames(
  file: ByteFile,
  start: number,
  parse: ParseHeader,
): AsyncGenerator<Frame> {
  let window = await file.read(start, WINDOW_BYTES);
  let windowStart = start;
  let position = start;
  let kind: number | null = null;
  let inSync = false;
  let garbage = 0;

  while (position + HEADER_BYTES <= file.size && garbage <= MAX_GARBAGE_BYTES) {
    // Any frame and the header after it fit into half a window.
    if (position - windowStart > window.length - WINDOW_BYTES / 2) {
      const reachesEnd = windowStart + window.length >= file.size;
      if (!reachesEnd) {
        window = await file.read(position, WINDOW_BYTES);
        windowStart = position;
      }
    }
    const offset = position - windowStart;
    const header = parse(window, offset);
    const isFrame =
      header !== null &&
      (kind === null || header.kind === kind) &&
      position + header.bytes <= file.size &&
      // Two sync bytes are common in any data: out of sync, only a frame with another behind it counts.
      (inSync ||
        isFollowed(window, offset, header, parse, windowStart + window.length >= file.size));
    if (!isFrame) {
      inSync = false;
      position++;
      garbage++;
      continue;
    }
    kind = header.kind;
    inSync = true;
    garbage = 0;
    yield { header, data: window.subarray(offset, offset + header.bytes) };
    position += header.bytes;
  }
}

function isFollowed(
  window: Uint8Array,
  offset: number,
  header: FrameHeader,
  parse: ParseHeader,
  windowIsLast: boolean,
): boolean {
  const next = offset + header.bytes;
  if (windowIsLast && next + HEADER_BYTES > window.length) return next <= window.length;
  return parse(window, next)?.kind === header.kind;
}
