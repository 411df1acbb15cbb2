/** Reads a chapter's .trans.txt: an id and what is said, one recording a line. */
import { Refusal } from '../verbs/refusal.ts';

const LINE = /^(\d+-\d+-\d+) (\S.*)$/;
const SHOWN_CHARACTERS = 60;

/** Text by id. `name` is how the file is called in the archive. Throws `Refusal` for a line of another form. */
export function readTranscripts(name: string, content: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [, id, text] = LINE.exec(line) ?? [];
    if (id === undefined || text === undefined) {
      throw new Refusal(
        `Line ${index + 1} of ${name} cannot be: ${JSON.stringify(line.slice(0, SHOWN_CHARACTERS))} is not an id and a text.`,
      );
    }
    texts.set(id, text.trimEnd());
  }
  return texts;
}
