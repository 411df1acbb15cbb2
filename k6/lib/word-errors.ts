/** Word errors of a transcript against what was said. Imports nothing. */

export interface WordErrors {
  /** In the reference. */
  readonly words: number;
  /** Words put in, left out or replaced, at least. */
  readonly errors: number;
}

/** What a recording of half an hour may hold; more is cut off on both sides. */
const MAX_WORDS = 10_000;

// Named one by one: k6's engine knows no \p{L} in a negated class.
const PUNCTUATION = /[.,;:!?"()[\]{}<>/|…–—\-\u201c\u201d\u201e\u00ab\u00bb\u00bf\u00a1]/g;

/** Case and punctuation do not count; numbers are compared as they are written. */
export function countWordErrors(reference: string, transcript: string): WordErrors {
  const said = words(reference);
  const heard = words(transcript);
  // One row of the table of edit distances is enough.
  let row = heard.map((_, index) => index + 1);
  row.unshift(0);
  for (const [index, word] of said.entries()) {
    const next = [index + 1];
    for (const [column, other] of heard.entries()) {
      const replaced = (row[column] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return { words: said.length, errors: row[heard.length] ?? 0 };
}

function words(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replace(/[\u2018\u2019]/g, "'")
    .replace(PUNCTUATION, ' ');
  return plain
    .split(/\s+/)
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS);
}
