/** Measures everything that docs/test-results.md shows: `make measure-results [ONLY=load,workers]`. */
import { join } from 'node:path';
import { measureAll } from './results/measure.ts';
import { runVerb } from './verbs/verb.ts';

process.exitCode = await runVerb(
  {
    name: 'measure-results',
    root: join(import.meta.dirname, '..'),
    options: ['only'],
    afterwards: 'What was measured is in docs/results; the services were ended.',
    sentenceFor: () => null,
    act: (session, typed) => measureAll(session, typed('only')),
  },
  process.argv.slice(2),
);
