import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BOARDS, RULE_GROUPS } from '../index.ts';
import { generatedFiles } from './files.ts';

const DIST = join(import.meta.dirname, '../dist');

describe('dist/', () => {
  const generated = generatedFiles();

  it('holds what the sources say; run `make dashboards` and commit dashboards/dist when it does not', () => {
    const committed = [...new Bun.Glob('**').scanSync(DIST)].toSorted();
    expect(committed, 'other files than make dashboards writes: run it').toEqual(
      [...generated.keys()].toSorted(),
    );
    const stale = committed.filter(
      (path) => readFileSync(join(DIST, path), 'utf8') !== generated.get(path),
    );
    expect(stale, 'older than their sources: run `make dashboards` and commit').toEqual([]);
  });

  it('is the same each time it is made', () => {
    expect(generatedFiles()).toEqual(generated);
  });

  it('comes back from JSON and YAML as what it was made of', () => {
    for (const board of BOARDS) {
      expect(JSON.parse(generated.get(`${board.uid}.json`) ?? '')).toEqual(board.build());
    }
    for (const group of RULE_GROUPS) {
      expect(parse(generated.get(`rules/${group.name}.yaml`) ?? '')).toEqual({ groups: [group] });
    }
  });

  it('holds boards that fit into a ConfigMap', () => {
    for (const [path, content] of generated) expect(content.length, path).toBeLessThan(2 ** 20 / 2);
  });
});
