/** scripts/generate-audio-list.ts with another root and corpus: `run-verb.ts <facts as JSON> [options]`. */
import { runVerb } from '../../verbs/verb.ts';
import type { Patience } from '../archive.ts';
import type { Corpus } from '../corpus.ts';
import { audioListVerb } from '../verb.ts';

const [facts = '', ...parts] = process.argv.slice(2);
const { root, corpus, patience } = JSON.parse(facts) as {
  readonly root: string;
  readonly corpus: Corpus;
  readonly patience: Patience;
};

process.exitCode = await runVerb(audioListVerb(root, corpus, patience), parts);
