/** `make results`: writes docs/test-results.md and its pictures from docs/results. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { pageOf } from './page.ts';
import type { Page } from './page.ts';
import { FOLDER, readRawFiles } from './raw-files.ts';

export const PAGE = 'docs/test-results.md';
const LEAK = 'leak-demo/leak-demo.md';
const BOARDS = 'boards.md';

/** As it is to be on the disk. Throws where a file of docs/results is missing. */
export async function makePage(root: string): Promise<Page> {
  const raw = readRawFiles(root);
  const results = new Map([...raw].map(([id, { result }]) => [id, result]));
  const page = pageOf(results, partOf(root, LEAK), partOf(root, BOARDS));
  const options = await resolveConfig(join(root, PAGE));
  return { ...page, markdown: await format(page.markdown, { ...options, parser: 'markdown' }) };
}

/** The names of what was written. */
export async function writePage(root: string): Promise<readonly string[]> {
  const { markdown, pictures } = await makePage(root);
  writeFileSync(join(root, PAGE), markdown);
  const names = pictures.map(({ name, svg }) => {
    const file = pictureFile(name);
    writeFileSync(join(root, file), svg);
    return file;
  });
  return [PAGE, ...names];
}

export function pictureFile(name: string): string {
  return `${FOLDER}/${name}.svg`;
}

/** Of its own folder, so that its pictures are found from the page's. */
function partOf(root: string, file: string): string {
  const path = join(root, FOLDER, file);
  if (!existsSync(path)) throw new Error(`${FOLDER}/${file} is missing.`);
  const folder = `${FOLDER.replace('docs/', '')}/${file.includes('/') ? `${file.split('/')[0]}/` : ''}`;
  return readFileSync(path, 'utf8')
    .replace(/^# .*\n/, '')
    .replace(/^(#+ )/gm, '#$1')
    .replace(/\]\((?!https?:|#)([^)]+)\)/g, (_, target: string) => `](${folder}${target})`);
}
