/** Prints what the pods of the local cluster say: `make local-logs [FOLLOW=1] [TAIL=200] [PREVIOUS=1]`. */
import { join } from 'node:path';
import { sentenceFor } from './local/explained.ts';
import { isOn, wholeNumber } from './local/flag.ts';
import { logs } from './local/logs.ts';
import { runVerb } from './verbs/verb.ts';

const name = 'local-logs';

process.exitCode = await runVerb(
  {
    name,
    root: join(import.meta.dirname, '..'),
    options: ['follow', 'tail', 'previous'],
    afterwards: 'The service runs on.',
    sentenceFor: (error) => sentenceFor(name, error),
    act(session, typed) {
      const range = { fallback: 200, least: 1, most: 1_000_000 };
      return logs(session, {
        lines: wholeNumber('TAIL', typed('tail'), range),
        follow: isOn('FOLLOW', typed('follow')),
        previous: isOn('PREVIOUS', typed('previous')),
      });
    },
  },
  process.argv.slice(2),
);
