/** Prints a URL of the local cluster's service and holds it open: `make local-api [FORWARD=1 [PORT=8000]]`. */
import { join } from 'node:path';
import { DEFAULT_PORT } from '../service/src/contract.ts';
import { api } from './local/api.ts';
import { sentenceFor } from './local/explained.ts';
import { isOn, wholeNumber } from './local/flag.ts';
import { runVerb } from './verbs/verb.ts';

const name = 'local-api';

process.exitCode = await runVerb(
  {
    name,
    root: join(import.meta.dirname, '..'),
    options: ['forward', 'port'],
    afterwards: 'The service runs on. make destroy-local takes it away.',
    sentenceFor: (error) => sentenceFor(name, error),
    act(session, typed) {
      const range = { fallback: DEFAULT_PORT, least: 1, most: 65_535 };
      const port = wholeNumber('PORT', typed('port'), range);
      return api(session, { forwardPort: isOn('FORWARD', typed('forward')) ? port : null });
    },
  },
  process.argv.slice(2),
);
