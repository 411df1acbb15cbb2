/** samples/audio-files.json: the recordings that load tests send. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { listAt, numberAt, textAt } from '../verbs/json.ts';
import type { Corpus, Places } from './corpus.ts';
import { readJson } from './index-file.ts';
import { recordingPath } from './utterance.ts';
import type { Utterance } from './utterance.ts';

export interface AudioList {
  readonly source: string;
  readonly licence: string;
  readonly entries: readonly AudioFile[];
}

export interface AudioFile {
  /** From the folder of the list. */
  readonly path: string;
  readonly seconds: number;
  readonly bytes: number;
  readonly speaker: string;
  readonly text: string;
}

/** Sorted by path. */
export function audioList(
  { source, licence }: Pick<Corpus, 'source' | 'licence'>,
  { list, tree }: Pick<Places, 'list' | 'tree'>,
  chosen: readonly Utterance[],
): AudioList {
  const entries = chosen
    .map((utterance) => ({
      path: relative(dirname(list), recordingPath(tree, utterance)).replaceAll(sep, '/'),
      seconds: utterance.seconds,
      bytes: utterance.bytes,
      speaker: utterance.speaker,
      text: utterance.text,
    }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  return { source, licence, entries };
}

/** By rename, so that nobody reads half of it. Says whether anything changed. */
export async function writeList(path: string, list: AudioList): Promise<boolean> {
  const content = `${JSON.stringify(list, null, 2)}\n`;
  if ((await readFile(path, 'utf8').catch(() => null)) === content) return false;
  const part = path.replace(/\.json$/, '.part.json');
  try {
    await writeFile(part, content);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
  return true;
}

/** Takes a list away that names a file which is not there or has other bytes. Says whether it did. */
export async function dropBrokenList(path: string): Promise<boolean> {
  const entries = listAt(await readJson(path), 'entries');
  const folder = dirname(path);
  for (const entry of entries) {
    const named = textAt(entry, 'path');
    const found = named === null ? null : await bytesOf(resolve(folder, named));
    if (found === null || found !== numberAt(entry, 'bytes')) {
      await rm(path, { force: true });
      return true;
    }
  }
  return false;
}

/** Of those, the ones whose recordings are not there, or not with their bytes. */
export async function missingOf(
  tree: string,
  chosen: readonly Utterance[],
): Promise<readonly Utterance[]> {
  const missing: Utterance[] = [];
  for (const utterance of chosen) {
    const found = await bytesOf(recordingPath(tree, utterance));
    if (found !== utterance.bytes) missing.push(utterance);
  }
  return missing;
}

/** Of a file, null where there is none. */
async function bytesOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch {
    return null;
  }
}
