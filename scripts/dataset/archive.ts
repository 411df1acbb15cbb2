/** Gets the archive: one that is there, or from the mirrors in turn, and always with its checksum. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { size } from './amounts.ts';
import type { Corpus, Places } from './corpus.ts';
import { download, MirrorFailure } from './download.ts';
import { mirrorName } from './mirrors.ts';
import { discardPart, forgetOrigin, openPart, sizeOf } from './part-file.ts';
import type { PartFile } from './part-file.ts';
import { createProgress } from './progress.ts';
import { md5Of } from './verify.ts';

export interface Patience {
  /** Without a byte for so long, a mirror is given up. */
  readonly stallMs: number;
  /** Before a mirror that broke off is asked again. */
  readonly againMs: number;
}

export const PATIENCE: Patience = { stallMs: 30_000, againMs: 2000 };

/** Of one mirror, as long as each brings something. */
const MOST_TRIES = 5;

/** Whether the archive is there as it was published; one with another checksum is removed. */
export async function hasArchive(
  { say }: Pick<Session, 'say'>,
  corpus: Corpus,
  { archive }: Places,
): Promise<boolean> {
  if ((await sizeOf(archive)) === null) return false;
  if ((await sizeOf(archive)) === corpus.bytes && (await md5Of(archive)) === corpus.md5) {
    return true;
  }
  say.warn(`${archive} is not as it was published (MD5 ${corpus.md5}) and is removed.`);
  await rm(archive);
  return false;
}

/** Bytes of it that are still to come. */
export async function bytesToCome({ bytes }: Corpus, { part }: Places): Promise<number> {
  const there = (await sizeOf(part)) ?? 0;
  return there > bytes ? bytes : bytes - there;
}

/** Makes `places.archive`. Rejects with `Refusal` and each mirror's reason when none gave it. */
export async function fetchArchive(
  session: Session,
  corpus: Corpus,
  places: Places,
  mirrors: readonly string[],
  patience: Patience,
): Promise<void> {
  await mkdir(places.cache, { recursive: true });
  const part = await openPart(places.part, corpus.bytes);
  try {
    if (part.size === corpus.bytes && (await isPublished(session, corpus, places, part))) {
      return await keep(places);
    }
    const reasons: string[] = [];
    for (const url of mirrors) {
      const reason = await tryMirror(session, corpus, places, { part, url, patience });
      if (reason === null) return await keep(places);
      session.say.warn(`${mirrorName(url)}: ${reason}.`);
      reasons.push(`${mirrorName(url)}: ${reason}`);
    }
    throw new Refusal(
      [
        'No mirror gave the archive:',
        ...reasons.map((reason) => `  ${reason}`),
        `${part.size === 0 ? 'Nothing came.' : `${size(part.size)} are kept.`} Type the same again to go on, with MIRRORS=<url> for another mirror or FROM=<file> for an archive that you have.`,
      ].join('\n'),
    );
  } finally {
    await part.close();
    if (part.size === 0) await discardPart(places.part);
  }
}

async function keep({ part, archive }: Places): Promise<void> {
  await rename(part, archive);
  await forgetOrigin(part);
}

interface Try {
  readonly part: PartFile;
  readonly url: string;
  readonly patience: Patience;
}

/** Null when the archive came; otherwise why this mirror is given up. */
async function tryMirror(
  session: Session,
  corpus: Corpus,
  places: Places,
  { part, url, patience }: Try,
): Promise<string | null> {
  const { say, clock } = session;
  for (let tries = 1; ; tries += 1) {
    const before = part.size;
    say.note(
      before === 0
        ? `Downloading from ${mirrorName(url)}.`
        : `Going on from ${size(before)} with ${mirrorName(url)}.`,
    );
    const reason = await attempt(session, corpus, { part, url, patience });
    if (reason === null) {
      if (await isPublished(session, corpus, places, part)) return null;
      // What was there before may have been the wrong half.
      if (before > 0 && tries < MOST_TRIES) continue;
      return `its archive has another MD5 than ${corpus.md5}`;
    }
    if (!reason.brokeOff || part.size <= before || tries === MOST_TRIES) return reason.message;
    say.warn(`${mirrorName(url)}: ${reason.message}. Trying again.`);
    await clock.sleep(patience.againMs);
  }
}

async function attempt(
  session: Session,
  { bytes }: Corpus,
  { part, url, patience }: Try,
): Promise<MirrorFailure | null> {
  const progress = createProgress(session, 'Download', { total: bytes, already: part.size });
  try {
    const anew = (why: string) =>
      session.say.note(`${mirrorName(url)} begins from the start: ${why}.`);
    const { stallMs } = patience;
    await download(part, { url, bytes, stallMs, at: (now) => progress.at(now), anew });
    return null;
  } catch (error) {
    if (error instanceof MirrorFailure) return error;
    throw error;
  } finally {
    progress.over();
  }
}

/** Of the whole part; one with another checksum is emptied. */
async function isPublished(
  { say }: Pick<Session, 'say'>,
  { md5 }: Corpus,
  places: Places,
  part: PartFile,
): Promise<boolean> {
  const found = await md5Of(places.part);
  if (found === md5) return true;
  say.warn(`The download has the MD5 ${found} instead of ${md5} and is removed.`);
  await part.restart({ url: '', etag: null });
  return false;
}

/** Takes away the archive and what is left of a download. */
export async function removeArchive({ archive, part }: Places): Promise<void> {
  await rm(archive, { force: true });
  await discardPart(part);
}
