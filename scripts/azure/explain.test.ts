import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPLANATIONS } from './explain.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/azure.md'), 'utf8');

/** Rows of the table under "When it fails", as they would be written anew. */
const rows = PAGE.slice(PAGE.indexOf('## When it fails'))
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );

describe('what errors mean', () => {
  it('stands in docs/azure.md word for word', () => {
    expect(rows).toEqual(
      EXPLANATIONS.map(({ title, sentence, next }) => [title, sentence, `\`${next}\``]),
    );
  });
});
