/** Writes `dist/` anew: what is no longer generated goes. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles } from './lib/files.ts';

const DIST = join(import.meta.dirname, 'dist');

rmSync(DIST, { recursive: true, force: true });
for (const [path, content] of generatedFiles()) {
  const target = join(DIST, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}
