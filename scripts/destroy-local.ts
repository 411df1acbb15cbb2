/** Takes the stack out of the local cluster: `make destroy-local [YES=1] [CLUSTER=1]`. */
import { join } from 'node:path';
import { destroy } from './local/destroy.ts';
import { sentenceFor } from './local/explained.ts';
import { isOn } from './local/flag.ts';
import { runVerb } from './verbs/verb.ts';

const name = 'destroy-local';

process.exitCode = await runVerb(
  {
    name,
    root: join(import.meta.dirname, '..'),
    options: ['cluster'],
    afterwards: 'make destroy-local goes on from here.',
    sentenceFor: (error) => sentenceFor(name, error),
    act: (session, typed) => destroy(session, isOn('CLUSTER', typed('cluster'))),
  },
  process.argv.slice(2),
);
