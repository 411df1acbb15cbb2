import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { differences } from './contents.ts';

let directory: string;
const one = () => join(directory, 'one');
const other = () => join(directory, 'other');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stt-contents-'));
  for (const folder of [one(), other()]) {
    mkdirSync(join(folder, 'deep'), { recursive: true });
    writeFileSync(join(folder, 'deep/same'), 'x');
    symlinkSync('deep/same', join(folder, 'link'));
  }
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('finds two equal folders alike', () => {
  expect(differences(one(), other())).toEqual([]);
});

it('names each file that is missing, new or changed, and each link that leads elsewhere', () => {
  writeFileSync(join(one(), 'missing'), '');
  writeFileSync(join(other(), 'deep/new'), '');
  writeFileSync(join(other(), 'deep/same'), 'y');
  rmSync(join(other(), 'link'));
  symlinkSync('deep/new', join(other(), 'link'));
  expect(differences(one(), other()).toSorted()).toEqual([
    'deep/new',
    'deep/same',
    'link',
    'missing',
  ]);
});
