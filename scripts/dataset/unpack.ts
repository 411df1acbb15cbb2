/** Writes recordings of the archive to their places, each under its name only when it is whole. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from '../verbs/refusal.ts';
import { readArchive } from './archive-entries.ts';
import type { Reading } from './archive-entries.ts';
import type { Places } from './corpus.ts';
import type { Utterance } from './utterance.ts';
import { recordingPath } from './utterance.ts';

/** Rejects with `Refusal` where the archive has not all of them any more, and with what the file system says. */
export async function unpack(
  reading: Reading,
  { tree, recording }: Pick<Places, 'tree' | 'recording'>,
  wanted: readonly Utterance[],
): Promise<void> {
  const missing = new Map(wanted.map((utterance) => [utterance.id, utterance.bytes]));
  try {
    await readArchive(reading, async (entry) => {
      if (entry.kind !== 'recording' || missing.get(entry.id) !== entry.bytes) return;
      await write(recording, entry.body);
      const path = recordingPath(tree, entry);
      await mkdir(dirname(path), { recursive: true });
      await rename(recording, path);
      missing.delete(entry.id);
    });
  } finally {
    await rm(recording, { force: true });
  }
  const [first] = missing.keys();
  if (first !== undefined) {
    throw new Refusal(
      `${reading.path} changed while it was read: ${first} is gone. Type the same again.`,
    );
  }
}

async function write(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const chunk of body) {
      for (let written = 0; written < chunk.length;) {
        written += (await file.write(chunk, written)).bytesWritten;
      }
    }
  } finally {
    await file.close();
  }
}
