/** What is known of every recording of the archive that was unpacked last, so that another limit needs no archive. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { listAt, numberAt, textAt } from '../verbs/json.ts';
import type { Utterance } from './utterance.ts';

const ID = /^(\d{1,9})-(\d{1,9})-\d{1,9}$/;

/** Of the archive with this MD5, or null: none, of another one, or not as it was written. */
export async function readIndex(path: string, md5: string): Promise<readonly Utterance[] | null> {
  const read = await readJson(path);
  if (textAt(read, 'md5') !== md5) return null;
  const utterances = listAt(read, 'utterances').map(asUtterance);
  const sound = utterances.filter((utterance) => utterance !== null);
  return sound.length === 0 || sound.length < utterances.length ? null : sound;
}

export async function writeIndex(
  path: string,
  md5: string,
  utterances: readonly Utterance[],
): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, JSON.stringify({ md5, utterances }));
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

/** What a file holds, null where it is not there or no JSON. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (gone || error instanceof SyntaxError) return null;
    throw error;
  }
}

function asUtterance(value: unknown): Utterance | null {
  const [id, text] = [textAt(value, 'id'), textAt(value, 'text')];
  const [seconds, bytes] = [numberAt(value, 'seconds'), numberAt(value, 'bytes')];
  const [, speaker, chapter] = ID.exec(id ?? '') ?? [];
  if (id === null || speaker === undefined || chapter === undefined) return null;
  if (text === null || seconds === null || bytes === null) return null;
  return { id, speaker, chapter, seconds, bytes, text };
}
