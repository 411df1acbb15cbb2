/** make generate-audio-list: from nothing to recordings on the disk and a list of them; again, it goes on or has nothing to do. */
import { mkdir, rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { count, counted, duration, size } from './amounts.ts';
import { bytesToCome, fetchArchive, hasArchive, removeArchive } from './archive.ts';
import type { Patience } from './archive.ts';
import { CAPS } from './archive-entries.ts';
import type { Reading } from './archive-entries.ts';
import { choose } from './choose.ts';
import type { Choices } from './choices.ts';
import { placesOf } from './corpus.ts';
import type { Corpus, Places } from './corpus.ts';
import { checkSpace, onDisk, untilFull } from './disk.ts';
import { readIndex, writeIndex } from './index-file.ts';
import { audioList, dropBrokenList, missingOf, writeList } from './list.ts';
import { localCorpus } from './local-archive.ts';
import { takeLock } from './lock.ts';
import { sizeOf } from './part-file.ts';
import { createProgress } from './progress.ts';
import { survey } from './survey.ts';
import { unpack } from './unpack.ts';
import type { Utterance } from './utterance.ts';

const STEPS = 3;

interface Task {
  readonly session: Session;
  /** Of the archive that is used. */
  readonly corpus: Corpus;
  readonly choices: Choices;
  readonly places: Places;
  readonly patience: Patience;
}

/** Rejects with `Refusal`, and then neither a half file nor a list that names a missing one is left. */
export async function generateAudioList(
  session: Session,
  published: Corpus,
  choices: Choices,
  patience: Patience,
): Promise<void> {
  const places = placesOf(session.root, published);
  const release = takeLock(places.lock);
  try {
    const { from, any } = choices;
    const corpus = from === null ? published : await localCorpus(session, published, from, any);
    await makeComplete({ session, corpus, choices, places, patience });
  } finally {
    release();
  }
}

async function makeComplete(task: Task): Promise<void> {
  const { session, corpus, choices, places } = task;
  const { say } = session;
  const known = await readIndex(places.index, corpus.md5);
  if (known !== null) {
    const chosen = choose(known, choices.limit);
    if ((await missingOf(places.tree, chosen)).length === 0) {
      const changed = await writeList(places.list, audioList(corpus, places, chosen));
      await tidy(task);
      say.done(`${changed ? 'Listed anew' : 'Nothing to do'}: ${summary(task, known, chosen)}`);
      return;
    }
  }
  if (await dropBrokenList(places.list)) {
    say.warn('The list named files that are not there any more, and is removed until they are.');
  }
  say.begin(`Recordings of ${corpus.source}`, STEPS);
  say.step('Get the archive');
  const archive = choices.from ?? (await obtain(task, known !== null));
  say.step('Unpack it');
  const utterances = await unpackChosen(task, archive, known);
  say.step('Write the list');
  const chosen = choose(utterances, choices.limit);
  await untilFull(places.cache, keptOf(task), async () => {
    await writeIndex(places.index, corpus.md5, utterances);
    await writeList(places.list, audioList(corpus, places, chosen));
  });
  say.done(`${shown(session, places.list)} is written.`);
  await tidy(task);
  say.end(summary(task, utterances, chosen));
}

/** The path of an archive with the checksum that is published. */
async function obtain(
  { session, corpus, choices, places, patience }: Task,
  hadOne: boolean,
): Promise<string> {
  const { say } = session;
  if (await hasArchive(session, corpus, places)) {
    say.done('The archive is there, and its checksum is right.');
    return places.archive;
  }
  if (hadOne) {
    say.note(
      'Other recordings than those that are there need the archive, which was removed and is downloaded anew (KEEP_ARCHIVE=1 keeps it).',
    );
  }
  const share = Math.min(1, (choices.limit ?? corpus.utterances) / corpus.utterances);
  const needed = (await bytesToCome(corpus, places)) + Math.ceil(corpus.unpackedBytes * share);
  await checkSpace(places.cache, needed, (text) => say.note(text));
  await untilFull(places.cache, 'What was downloaded is kept.', () =>
    fetchArchive(session, corpus, places, choices.mirrors ?? corpus.mirrors, patience),
  );
  say.done(`${size(corpus.bytes)}, with the checksum that is published.`);
  return places.archive;
}

/** All that the archive holds; those that are chosen are on the disk then. */
async function unpackChosen(
  task: Task,
  archive: string,
  known: readonly Utterance[] | null,
): Promise<readonly Utterance[]> {
  const { session, corpus, choices, places } = task;
  const { say } = session;
  const total = (await sizeOf(archive)) ?? 0;
  const through = async <Value>(label: string, act: (reading: Reading) => Promise<Value>) => {
    const progress = createProgress(session, label, { total, already: 0 });
    try {
      const at = (bytes: number) => progress.at(bytes);
      return await act({ path: archive, part: corpus.part, caps: CAPS, at });
    } finally {
      progress.over();
    }
  };
  const utterances = await through('Check', survey);
  if (choices.from === null && utterances.length !== corpus.utterances) {
    throw new Refusal(
      `${archive} holds ${counted(utterances.length, 'recording')} instead of ${count(corpus.utterances)}.`,
    );
  }
  say.done(`${counted(utterances.length, 'recording')} with their texts, none of them damaged.`);
  // Files of another archive may have the same names.
  if (known === null) await forget(places);
  const missing = await missingOf(places.tree, choose(utterances, choices.limit));
  await mkdir(places.tree, { recursive: true });
  await checkSpace(places.cache, onDisk(missing), (text) => say.note(text));
  await untilFull(places.cache, keptOf(task), () =>
    through('Unpack', (reading) => unpack(reading, places, missing)),
  );
  say.done(`${counted(missing.length, 'recording')} written to ${shown(session, places.tree)}.`);
  return utterances;
}

function keptOf({ choices: { from } }: Task): string {
  return from === null ? 'The archive is kept.' : `${from} is untouched.`;
}

/** The list first, since it names what goes next. */
async function forget({ list, index, tree }: Places): Promise<void> {
  await rm(list, { force: true });
  await rm(index, { force: true });
  await rm(tree, { recursive: true, force: true });
}

async function tidy({ session, choices, places }: Task): Promise<void> {
  if (choices.keepArchive) return;
  const was = await sizeOf(places.archive);
  await removeArchive(places);
  if (was !== null) {
    session.say.note(`The archive is removed (${size(was)}); KEEP_ARCHIVE=1 keeps it.`);
  }
}

function summary(
  { session, choices, places }: Task,
  all: readonly Utterance[],
  chosen: readonly Utterance[],
): string {
  const seconds = chosen.reduce((sum, each) => sum + each.seconds, 0);
  const speakers = new Set(chosen.map(({ speaker }) => speaker)).size;
  const more =
    choices.limit !== null && choices.limit > all.length
      ? ` There are no more than ${count(all.length)}.`
      : '';
  return `${shown(session, places.list)} names ${counted(chosen.length, 'recording')} of ${counted(speakers, 'speaker')}, ${duration(seconds)} in all.${more}`;
}

function shown({ root }: Session, path: string): string {
  return relative(root, path);
}
