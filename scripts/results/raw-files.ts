/** docs/results: what each trial measured, as it was measured. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../load-test/result.ts';
import { TRIALS } from './trials.ts';

export const FOLDER = 'docs/results';

export interface RawFile {
  readonly id: string;
  readonly cores: readonly (readonly number[])[];
  readonly service: Readonly<Record<string, string>>;
  readonly result: Result;
}

/** By id; trials that were not measured are missing. */
export function readRawFiles(root: string): ReadonlyMap<string, RawFile> {
  const folder = join(root, FOLDER);
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const files = TRIALS.filter(({ id }) => there.includes(`${id}.json`)).map(
    ({ id }) => JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8')) as RawFile,
  );
  return new Map(files.map((file) => [file.id, file]));
}

export function writeRawFile(root: string, file: RawFile): void {
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(join(root, FOLDER, `${file.id}.json`), sampleLines(file));
}

/** A line a sample: files that people compare must not have one for each figure. */
function sampleLines({ result, ...rest }: RawFile): string {
  const { samples, ...whole } = result;
  const head = JSON.stringify({ ...rest, result: { ...whole, samples: [] } }, null, 1);
  const lines = samples.map((sample) => `   ${JSON.stringify(sample)}`).join(',\n');
  return `${head.replace(/"samples": \[\]/, () => `"samples": [\n${lines}\n  ]`)}\n`;
}
