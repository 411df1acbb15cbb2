/** Builds the image on Azure and deploys it: `make deploy-azure`. */
import { join } from 'node:path';
import { deploy } from './azure/deploy.ts';
import { repositoryImage } from './verbs/image-source.ts';
import { sentenceFor } from './azure/explained.ts';
import { runVerb } from './verbs/verb.ts';

const root = join(import.meta.dirname, '..');

process.exitCode = await runVerb(
  {
    name: 'deploy-azure',
    root,
    options: [],
    afterwards: 'What served before still does. make deploy-azure goes on from here.',
    sentenceFor,
    act: (session) => deploy(session, repositoryImage(root, 'deploy-azure')),
  },
  process.argv.slice(2),
);
