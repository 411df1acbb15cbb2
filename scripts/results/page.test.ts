import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from './page.ts';
import { FOLDER, readRawFiles } from './raw-files.ts';
import { TRIALS } from './trials.ts';
import { makePage, PAGE, pictureFile } from './write.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

let page: Page;

beforeAll(async () => {
  page = await makePage(ROOT);
});

describe('docs/test-results.md', () => {
  it('says what the files of docs/results say: make results writes it anew', () => {
    expect(page.markdown).toBe(read(PAGE));
    for (const { name, svg } of page.pictures) expect(read(pictureFile(name))).toBe(svg);
  });

  it('shows pictures that are there', () => {
    const targets = [...page.markdown.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => path);
    expect(targets.length).toBeGreaterThan(6);
    for (const target of targets) {
      expect(existsSync(join(ROOT, 'docs', target ?? '')), target).toBe(true);
    }
  });

  it('has no holes where a figure should be', () => {
    expect(page.markdown).not.toMatch(/unknown|undefined|NaN|null/);
  });

  it('is made of runs of every trial, and of no other file', () => {
    const raw = readRawFiles(ROOT);
    expect([...raw.keys()]).toEqual(TRIALS.map(({ id }) => id));
    const files = readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith('.json'));
    expect(files.toSorted()).toEqual(TRIALS.map(({ id }) => `${id}.json`).toSorted());
  });

  it('comes from runs that answered, with answers that were right', () => {
    for (const [id, { result }] of readRawFiles(ROOT)) {
      expect(result.summary?.answered, id).toBeGreaterThan(0);
      expect(
        result.summary?.checks.every(({ fails }) => fails === 0),
        id,
      ).toBe(true);
    }
  });
});
