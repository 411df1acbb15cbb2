/** Lists of recordings, and which of them a virtual user uploads. Imports nothing. */

export interface Recording {
  /** As the list has it: relative to the list, or absolute. */
  readonly path: string;
  readonly seconds: number;
  /** What is said in it; empty where nobody wrote it down. */
  readonly text: string;
}

/** Tried in turn where no list is named; relative to the root of the repository. */
export const USUAL_LISTS = ['samples/audio-files.json', 'samples/manifest.json'] as const;

/** More than anybody's memory holds. */
const MAX_RECORDINGS = 100_000;
/** Of one virtual user, which keeps its recordings in memory from the first to the last second. */
const MIN_SHARE = 4;
const MAX_SHARE = 64;

/**
 * Reads a list: an array, or an object with `entries`, of objects with `path` (or `file`), `seconds`, and `text` where
 * it is known. Throws an Error that names the list and the entry it cannot read.
 */
export function parseList(json: string, name: string): Recording[] {
  const list: unknown = parsed(json, name);
  const entries: unknown = Array.isArray(list)
    ? list
    : (list as { entries?: unknown } | null)?.entries;
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new Error(`${name}: no recordings. It must be an array of { path, seconds, text }.`);
  }
  if (entries.length > MAX_RECORDINGS) {
    throw new Error(`${name}: ${entries.length} recordings, ${MAX_RECORDINGS} at most`);
  }
  return entries.map((entry: Readonly<Record<string, unknown>> | null, index) => {
    const path = entry?.['path'] ?? entry?.['file'];
    const seconds = entry?.['seconds'];
    const text = entry?.['text'] ?? '';
    if (typeof path !== 'string' || path === '')
      throw new Error(`${name}: entry ${index} has no path`);
    if (typeof seconds !== 'number' || !(seconds > 0)) {
      throw new Error(`${name}: seconds of entry ${index} (${path}) must be a number above 0`);
    }
    if (typeof text !== 'string')
      throw new Error(`${name}: text of entry ${index} (${path}) is no text`);
    return { path, seconds, text };
  });
}

function parsed(json: string, name: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(`${name} is no JSON: ${String(error)}`, { cause: error });
  }
}

/** The path of a recording, seen from where its list is. */
export function besideList(list: string, path: string): string {
  if (path.startsWith('/')) return path;
  const directory = list.slice(0, list.lastIndexOf('/') + 1);
  return directory + path;
}

/**
 * Which recordings virtual user `vu`, from 1, uploads. No one holds more than 64 of a long list, and enough users have all
 * of it together.
 */
export function shareOf(vu: number, vus: number, recordings: number): number[] {
  const size = Math.min(MAX_SHARE, Math.max(MIN_SHARE, Math.ceil(recordings / vus)), recordings);
  const stride = Math.ceil(recordings / size);
  const share: number[] = [];
  for (let index = (vu - 1) % stride; index < recordings; index += stride) share.push(index);
  return share;
}

const TYPES: Readonly<Record<string, string>> = {
  flac: 'audio/flac',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  webm: 'audio/webm',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  aiff: 'audio/aiff',
};

export function mediaType(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return TYPES[extension] ?? 'application/octet-stream';
}
