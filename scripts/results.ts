/** Writes docs/test-results.md from docs/results: `make results`. */
import { join } from 'node:path';
import { writePage } from './results/write.ts';

for (const name of await writePage(join(import.meta.dirname, '..'))) console.log(name);
