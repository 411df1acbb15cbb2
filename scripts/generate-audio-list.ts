/** Downloads recordings for load tests and lists them: `make generate-audio-list [LIMIT=…] [FROM=…] [MIRRORS=…]`. */
import { join } from 'node:path';
import { PATIENCE } from './dataset/archive.ts';
import { TEST_CLEAN } from './dataset/corpus.ts';
import { audioListVerb } from './dataset/verb.ts';
import { runVerb } from './verbs/verb.ts';

process.exitCode = await runVerb(
  audioListVerb(join(import.meta.dirname, '..'), TEST_CLEAN, PATIENCE),
  process.argv.slice(2),
);
