/** Looks through the tables of an mp4 file for counts that its demuxer would take at their word. */

import { AppError } from '../../errors.ts';
import type { ByteFile } from '../byte-file.ts';
import { undecodable } from '../limits.ts';

/** Two hours at 48 kHz are 340 000 AAC frames. */
const MAX_SAMPLES = 4_000_000;
/** The demuxer sums up a chunk's sizes for every sample of it; larger chunks would take minutes. */
const MAX_SAMPLES_PER_CHUNK = 100_000;
/** Of a run in a fragment that spends no byte on each sample. */
const MAX_SAMPLES_PER_RUN = 65_536;
const MAX_BOXES = 200_000;
const MAX_OCCURRENCES = 500;

/**
 * mediabunny 1.61 loops as often as `stts`, `stsc` and `trun` say, some of it before the first read could fail: four
 * bytes in an upload would cost gigabytes. Returns how many bytes of the file may be shown to it.
 */
export async function checkMp4(file: ByteFile): Promise<number> {
  const visibleBytes = file.size - (await randomAccessBytes(file));
  let position = 0;
  for (let count = 0; count < MAX_BOXES && position + 8 <= visibleBytes; count++) {
    const header = view(await file.read(position, 16));
    const type = header.getUint32(4);
    const size = boxSize(header, visibleBytes - position);
    if (size === null) break;
    if (type === MOOV) checkMovie(Buffer.from(await file.read(position, size)));
    if (type === MOOF) checkFragment(Buffer.from(await file.read(position, size)));
    position += size;
  }
  return visibleBytes;
}

const MOOV = 0x6d6f6f76;
const MOOF = 0x6d6f6f66;

function boxSize(header: DataView, available: number): number | null {
  let size = header.getUint32(0);
  if (size === 1 && header.byteLength >= 16) size = Number(header.getBigUint64(8));
  if (size === 0) size = available;
  return size < 8 ? null : size;
}

/** The index at the end of a fragmented file can point anywhere, also to what only looks like a fragment. Hide it. */
async function randomAccessBytes(file: ByteFile): Promise<number> {
  const tail = Buffer.from(await file.read(Math.max(0, file.size - 16), 16));
  if (tail.length < 16 || tail.toString('latin1', 4, 8) !== 'mfro') return 0;
  const size = tail.readUInt32BE(12);
  return size <= file.size ? size : 0;
}

function checkMovie(movie: Buffer): void {
  const starts = occurrences(movie, 'trak');
  for (const [index, start] of starts.entries()) {
    checkTrack(movie.subarray(start, starts[index + 1] ?? movie.length));
  }
  checkClear(movie);
}

function checkTrack(track: Buffer): void {
  const chunks = Math.max(
    0,
    ...[...tables(track, 'stco', 4), ...tables(track, 'co64', 8)].map((table) => table.length),
  );
  if (occurrences(track, 'ctts').length > 0) {
    for (const table of tables(track, 'stts', 8)) {
      let samples = 0;
      for (let entry = 0; entry < table.length; entry++) samples += table.field(entry, 0);
      if (samples > MAX_SAMPLES) throw impossible(`${samples} samples`);
    }
  }
  const sizesDiffer = tables(track, 'stsz', 4).some((table) => table.second === 0);
  for (const table of tables(track, 'stsc', 12)) {
    for (let entry = 0; entry < table.length; entry++) {
      const firstChunk = table.field(entry, 0);
      const perChunk = table.field(entry, 4);
      if (firstChunk > chunks + 1) throw impossible(`chunk ${firstChunk} of ${chunks}`);
      if (sizesDiffer && perChunk > MAX_SAMPLES_PER_CHUNK) {
        throw impossible(`${perChunk} samples in one chunk`);
      }
    }
  }
}

function checkFragment(fragment: Buffer): void {
  for (const at of occurrences(fragment, 'trun')) {
    if (at + 12 > fragment.length) continue;
    const hasSampleFields = (fragment.readUInt32BE(at + 4) & 0xf00) !== 0;
    const samples = fragment.readUInt32BE(at + 8);
    if (!hasSampleFields && samples > MAX_SAMPLES_PER_RUN) {
      throw impossible(`${samples} samples in one run`);
    }
  }
  checkClear(fragment);
}

function checkClear(boxes: Buffer): void {
  if (!['saiz', 'senc', 'pssh'].some((type) => boxes.includes(type))) return;
  throw new AppError(
    'unsupported_media',
    'The mp4 file is encrypted (DRM). Send a recording that any player can play.',
  );
}

interface Table {
  /** Entries that are really there, whatever the count says. */
  readonly length: number;
  /** The 32-bit word in the place of the entry count. */
  readonly second: number;
  field(entry: number, offset: number): number;
}

/** The tables of that type: version and flags, a count, and entries of the given size. */
function tables(track: Buffer, type: string, entryBytes: number): Table[] {
  return occurrences(track, type)
    .filter((at) => at + 12 <= track.length)
    .map((at) => {
      const second = track.readUInt32BE(at + 8);
      const room = Math.floor((track.length - at - 12) / entryBytes);
      return {
        length: Math.min(second, room),
        second,
        field: (entry, offset) => track.readUInt32BE(at + 12 + entry * entryBytes + offset),
      };
    });
}

/** Where the four letters stand, at whatever depth: a box cannot be hidden from this by odd nesting. */
function occurrences(boxes: Buffer, type: string): number[] {
  const positions: number[] = [];
  for (let at = boxes.indexOf(type); at !== -1; at = boxes.indexOf(type, at + 4)) {
    positions.push(at);
    if (positions.length > MAX_OCCURRENCES)
      throw impossible(`more than ${MAX_OCCURRENCES} ${type} boxes`);
  }
  return positions;
}

function impossible(claim: string): AppError {
  return undecodable('mp4', new Error(`the tables claim ${claim}`));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
