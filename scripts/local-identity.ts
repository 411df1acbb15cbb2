/** Lends the login of az to the pods of the local cluster: `make local-identity`. */
import { join } from 'node:path';
import { sentenceFor } from './azure/explained.ts';
import { FOR_EVER, localIdentity } from './identity-relay/local-identity.ts';
import { runVerb } from './verbs/verb.ts';

process.exitCode = await runVerb(
  {
    name: 'local-identity',
    root: join(import.meta.dirname, '..'),
    options: [],
    sentenceFor,
    afterwards: 'No pod gets a token any more.',
    act: (session) => localIdentity(session, FOR_EVER),
  },
  process.argv.slice(2),
);
