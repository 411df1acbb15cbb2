/** One recording of the corpus and what is known of it. */
import { join } from 'node:path';

export interface Utterance {
  /** Such as 61-70968-0000: speaker, chapter and number. */
  readonly id: string;
  readonly speaker: string;
  readonly chapter: string;
  readonly seconds: number;
  readonly bytes: number;
  /** As published: upper case, without punctuation. */
  readonly text: string;
}

/** Where its recording lies below `tree`. */
export function recordingPath(
  tree: string,
  { id, speaker, chapter }: Pick<Utterance, 'id' | 'speaker' | 'chapter'>,
): string {
  return join(tree, speaker, chapter, `${id}.flac`);
}
