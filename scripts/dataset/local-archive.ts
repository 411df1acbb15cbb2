/** An archive that is on this machine already. */
import { basename } from 'node:path';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { size } from './amounts.ts';
import type { Corpus } from './corpus.ts';
import { sizeOf } from './part-file.ts';
import { md5Of } from './verify.ts';

/**
 * The corpus that a file holds: the one that is published, or, where `any` one will do, one of that name and checksum, of
 * unknown licence. Rejects with `Refusal` for another checksum, or where there is no such file.
 */
export async function localCorpus(
  { say }: Pick<Session, 'say'>,
  corpus: Corpus,
  from: string,
  any: boolean,
): Promise<Corpus> {
  const bytes = await sizeOf(from);
  if (bytes === null) {
    throw new Refusal(`FROM=${from} cannot be: there is no such file.`);
  }
  const md5 = await md5Of(from);
  if (bytes === corpus.bytes && md5 === corpus.md5) {
    say.done(`${from} is the archive that is published (MD5 ${md5}).`);
    return corpus;
  }
  const what = `${from} is not the archive that is published: it has ${size(bytes)} and the MD5 ${md5} instead of ${size(corpus.bytes)} and ${corpus.md5}.`;
  if (!any) {
    throw new Refusal(
      `${what} If you trust it and it is laid out the same way, type: make generate-audio-list FROM=${from} ANY=1`,
    );
  }
  say.warn(`${what} It is taken all the same, since ANY=1.`);
  return { ...corpus, source: basename(from), licence: 'unknown', bytes, md5 };
}
