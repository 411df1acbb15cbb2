/** Tells from the first bytes what a file is; its name and declared type are never asked. */

import type { ByteFile } from './byte-file.ts';

export type AudioContainer = 'wav' | 'aiff' | 'flac' | 'mp3' | 'aac' | 'mp4' | 'ogg' | 'webm';

export type Sniffed =
  | { readonly container: AudioContainer; readonly start: number }
  | { readonly container: null; readonly looksLike: string };

const HEAD_BYTES = 4096;
/** ID3 tags in front of MPEG audio: more than a few in a row is somebody's joke. */
const MAX_ID3_TAGS = 8;

/** [bytes at the start, what they mean]; none of these is audio we decode. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['%PDF', 'a PDF document'],
  ['PK\x03\x04', 'a ZIP archive or an office document'],
  ['PK\x05\x06', 'an empty ZIP archive'],
  ['\x1f\x8b', 'a gzip archive'],
  ['BZh', 'a bzip2 archive'],
  ['7z\xbc\xaf', 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
  ['\xfd7zXZ', 'an xz archive'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a Windows program'],
  ['SQLite format 3', 'a database'],
  ['#!AMR', 'an AMR recording'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'Windows Media audio (WMA)'],
  ['caff', 'a Core Audio (CAF) file'],
  ['.snd', 'a Sun AU file'],
  ['MThd', 'a MIDI file'],
  ['wvpk', 'a WavPack file'],
  ['MAC ', "a Monkey's Audio file"],
  ['TTA1', 'a True Audio file'],
  ['DSD ', 'a DSD file'],
  ['\x0bw', 'Dolby Digital audio (AC-3)'],
  ['FLV', 'a Flash video'],
  ['\x00\x00\x01\xba', 'an MPEG program stream'],
  ['riff\x2e\x91\xcf\x11', 'a Wave64 file'],
];

const MP4_BOXES = ['ftyp', 'styp', 'moov', 'mdat', 'free', 'skip', 'wide', 'moof', 'sidx'];

export async function sniff(file: ByteFile): Promise<Sniffed> {
  let start = 0;
  let head = await file.read(0, HEAD_BYTES);
  for (let tags = 0; tags < MAX_ID3_TAGS && startsWith(head, 'ID3') && head.length >= 10; tags++) {
    start += id3Size(head);
    head = await file.read(start, HEAD_BYTES);
  }
  const container = containerOf(head);
  if (container !== null) return { container, start };
  // A tag announces MPEG audio, but garbage or padding may follow it.
  if (start > 0) return { container: 'mp3', start };
  return describe(head);
}

function containerOf(head: Uint8Array): AudioContainer | null {
  const type = ascii(head, 8, 4);
  switch (ascii(head, 0, 4)) {
    case 'RIFF':
    case 'RIFX':
    case 'RF64':
    case 'BW64':
      return type === 'WAVE' ? 'wav' : null;
    case 'FORM':
      return type === 'AIFF' || type === 'AIFC' ? 'aiff' : null;
    case 'fLaC':
      return 'flac';
    case 'OggS':
      return 'ogg';
    case '\x1a\x45\xdf\xa3':
      return 'webm';
  }
  if (MP4_BOXES.includes(ascii(head, 4, 4))) return 'mp4';
  const [first = 0, second = 0] = head;
  if (head.length >= 4 && first === 0xff && (second & 0xe0) === 0xe0 && second !== 0xff) {
    const layer = (second >> 1) & 3;
    if (layer === 0) return (second & 0xf0) === 0xf0 ? 'aac' : null;
    return head[2] !== 0xff ? 'mp3' : null;
  }
  return null;
}

function describe(head: Uint8Array): Sniffed {
  for (const [magic, looksLike] of FOREIGN) {
    if (startsWith(head, magic)) return { container: null, looksLike };
  }
  const riff = ascii(head, 0, 4);
  if (riff === 'RIFF' || riff === 'FORM') {
    return {
      container: null,
      looksLike: `a ${riff} file of type ${JSON.stringify(ascii(head, 8, 4))}`,
    };
  }
  if (head[0] === 0x47 && head[188] === 0x47) {
    return { container: null, looksLike: 'an MPEG transport stream' };
  }
  const text = printableText(head);
  if (text !== null) {
    const opening = text.trimStart().slice(0, 200).toLowerCase();
    if (opening.startsWith('<!doctype html') || opening.includes('<html')) {
      return { container: null, looksLike: 'an HTML page' };
    }
    if (opening.startsWith('<')) return { container: null, looksLike: 'an XML document' };
    if (opening.startsWith('{') || opening.startsWith('[')) {
      return { container: null, looksLike: 'a JSON document' };
    }
    return { container: null, looksLike: 'plain text' };
  }
  const bytes = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0'));
  return { container: null, looksLike: `unknown data (first bytes ${bytes.join(' ')})` };
}

/** The head as text when it is text: valid UTF-8 without control characters. */
function printableText(head: Uint8Array): string | null {
  // Cut-off characters at the end of the piece are not a sign of binary data.
  const text = new TextDecoder('utf-8').decode(head.subarray(0, 512), { stream: true });
  // oxlint-disable-next-line no-control-regex -- control characters are what tells binary data from text
  return /[\u0000-\u0008\u000e-\u001a\ufffd]/.test(text) ? null : text;
}

/** Size of the ID3v2 tag that starts here, header and footer included. */
function id3Size(head: Uint8Array): number {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = head.subarray(6, 10);
  const body = ((b0 & 0x7f) << 21) | ((b1 & 0x7f) << 14) | ((b2 & 0x7f) << 7) | (b3 & 0x7f);
  const hasFooter = ((head[5] ?? 0) & 0x10) !== 0;
  return 10 + body + (hasFooter ? 10 : 0);
}

function startsWith(head: Uint8Array, magic: string): boolean {
  return head.length >= magic.length && ascii(head, 0, magic.length) === magic;
}

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}
