/** Makes everything on Azure but the app: `make provision [YES=1] [SUBSCRIPTION=…] [LOCATION=…] [NAME=…] [EMAIL=…]`. */
import { join } from 'node:path';
import { provision } from './azure/provision.ts';
import { sentenceFor } from './azure/explained.ts';
import { runVerb } from './verbs/verb.ts';

process.exitCode = await runVerb(
  {
    name: 'provision',
    root: join(import.meta.dirname, '..'),
    options: ['subscription', 'location', 'name', 'email'],
    afterwards: 'make provision goes on from here.',
    sentenceFor,
    act: (session, typed) =>
      provision(session, {
        subscription: typed('subscription'),
        location: typed('location'),
        name: typed('name'),
        email: typed('email'),
      }),
  },
  process.argv.slice(2),
);
