/** Shows how the local cluster is: `make local-status`. */
import { join } from 'node:path';
import { sentenceFor } from './local/explained.ts';
import { status } from './local/status.ts';
import { repositoryImage } from './verbs/image-source.ts';
import { runVerb } from './verbs/verb.ts';

const root = join(import.meta.dirname, '..');
const name = 'local-status';

process.exitCode = await runVerb(
  {
    name,
    root,
    options: [],
    afterwards: 'Nothing was changed.',
    sentenceFor: (error) => sentenceFor(name, error),
    act: (session) => status(session, repositoryImage(root, name)),
  },
  process.argv.slice(2),
);
