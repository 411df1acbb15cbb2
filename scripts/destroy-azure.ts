/** Takes everything on Azure away: `make destroy-azure [YES=1 NAME=<resource group>]`. */
import { join } from 'node:path';
import { destroy } from './azure/destroy.ts';
import { sentenceFor } from './azure/explained.ts';
import { runVerb } from './verbs/verb.ts';

process.exitCode = await runVerb(
  {
    name: 'destroy-azure',
    root: join(import.meta.dirname, '..'),
    options: ['name'],
    afterwards: 'make destroy-azure goes on from here.',
    sentenceFor,
    act: (session, typed) => destroy(session, typed('name')),
  },
  process.argv.slice(2),
);
