/** Reads all of the archive once and says what is in it, before anything is written. */
import { Refusal } from '../verbs/refusal.ts';
import { readArchive } from './archive-entries.ts';
import type { Entry, Reading } from './archive-entries.ts';
import { FLAC_HEADER_BYTES, flacSeconds } from './flac-header.ts';
import { readTranscripts } from './transcripts.ts';
import type { Utterance } from './utterance.ts';

/** Every recording with its text, in no order. Rejects with `Refusal` for an archive that is damaged or incomplete. */
export async function survey(reading: Reading): Promise<readonly Utterance[]> {
  const recordings = new Map<string, Omit<Utterance, 'text'>>();
  const texts = new Map<string, string>();
  await readArchive(reading, async (entry) => {
    if (entry.kind === 'transcripts') {
      const content = Buffer.concat(await collect(entry.body)).toString('utf8');
      for (const [id, text] of readTranscripts(entry.name, content)) {
        if (id.startsWith(`${entry.id}-`)) texts.set(id, text);
      }
    } else {
      if (recordings.has(entry.id)) throw damaged(reading, `${entry.id}.flac is in it twice`);
      recordings.set(entry.id, await measured(reading, entry));
    }
  });
  if (recordings.size === 0) {
    throw damaged(reading, `it holds no recording below LibriSpeech/${reading.part}`);
  }
  return [...recordings.values()].map((recording) => {
    const text = texts.get(recording.id);
    if (text === undefined) throw damaged(reading, `nothing says what ${recording.id}.flac says`);
    return { ...recording, text };
  });
}

async function measured(
  reading: Reading,
  { id, speaker, chapter, bytes, body }: Entry,
): Promise<Omit<Utterance, 'text'>> {
  const seconds = flacSeconds(await headOf(body));
  if (seconds === null) throw damaged(reading, `${id}.flac is no FLAC file of a known length`);
  return { id, speaker, chapter, seconds, bytes };
}

/** Reads it to its end. */
async function headOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let head = new Uint8Array();
  for await (const chunk of body) {
    if (head.length >= FLAC_HEADER_BYTES) continue;
    head = Buffer.concat([head, chunk.subarray(0, FLAC_HEADER_BYTES)]);
  }
  return head;
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}

function damaged({ path }: Reading, what: string): Refusal {
  return new Refusal(`${path} cannot be used: ${what}.`);
}
