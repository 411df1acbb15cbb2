/** Whether a disk has room, before and after it was tried. */
import { statfs } from 'node:fs/promises';
import { orRefuse } from '../verbs/or-refuse.ts';
import { Refusal } from '../verbs/refusal.ts';
import { size } from './amounts.ts';

const BLOCK_BYTES = 4096;
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What files of these sizes take: each in whole blocks. */
export function onDisk(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES, 0);
}

/** Says what is needed and what there is. Rejects with `Refusal` where `needed` bytes do not fit below `directory`. */
export async function checkSpace(
  directory: string,
  needed: number,
  note: (text: string) => void,
): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free < needed) {
    throw new Refusal(
      `${directory} needs ${size(needed)}, and its disk has ${size(free)} free. Free ${size(needed - free)}, or type: make generate-audio-list LIMIT=100`,
    );
  }
  note(`Needs ${size(needed)} on the disk, which has ${size(free)} free.`);
}

/** Does something that writes below `directory`. Rejects with `Refusal` where the disk fills up; `kept` says what is not lost. */
export function untilFull<Value>(
  directory: string,
  kept: string,
  act: () => Promise<Value>,
): Promise<Value> {
  const sentence = (error: unknown): string | null =>
    isFull(error)
      ? `The disk of ${directory} is full (${error.code}). ${kept} Free some room, then type the same again.`
      : null;
  return orRefuse(sentence, 'samples/audio-files.json names no file that is not there.', act);
}

function isFull(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    FULL.has(error.code)
  );
}
