/** Deploys to Minikube: `make deploy-local [ENGINE=…] [REPLICAS=…] [CPU=…] [MEMORY=…] [FAULTS=…] [MONITORING=…]`. */
import { join } from 'node:path';
import { deploy } from './local/deploy.ts';
import { sentenceFor } from './local/explained.ts';
import { DEPLOY_OPTIONS } from './local/options.ts';
import { repositoryImage } from './verbs/image-source.ts';
import { runVerb } from './verbs/verb.ts';

const root = join(import.meta.dirname, '..');
const name = 'deploy-local';

process.exitCode = await runVerb(
  {
    name,
    root,
    options: DEPLOY_OPTIONS,
    afterwards: 'What served before still does. make deploy-local goes on from here.',
    sentenceFor: (error) => sentenceFor(name, error),
    act: (session, typed) => deploy(session, typed, repositoryImage(root, name)),
  },
  process.argv.slice(2),
);
