/** Loads the service with k6: `make load-test [MODE=smoke] [BASE_URL=…] [TARGET=azure]`, and every variable of `.env.k6.example`. */
import { join } from 'node:path';
import { loadTest, VERB } from './load-test/load-test.ts';
import { runVerb } from './verbs/verb.ts';

// Make names what was typed after it; the values are in the environment.
const typed = (process.env['TYPED'] ?? '').split(' ').filter((name) => name !== '');

process.exitCode = await runVerb(
  {
    name: VERB,
    root: join(import.meta.dirname, '..'),
    options: [],
    afterwards: 'Nothing is left running.',
    sentenceFor: () => null,
    act: (session) => loadTest(session, typed),
  },
  process.argv.slice(2),
);
