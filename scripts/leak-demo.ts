/** Shows what becomes of memory in the server and in isolated processes: `make leak-demo`. */
import { join, relative } from 'node:path';
import { leakDemo } from './leak-demo/demo.ts';
import type { Kept } from './leak-demo/demo.ts';
import { OPTIONS } from './leak-demo/options.ts';
import { runVerb } from './verbs/verb.ts';

const root = join(import.meta.dirname, '..');
const kept: Kept = { files: [] };

// The services end with this process, whoever ends it.
for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => process.exit(code));
}

process.exitCode = await runVerb(
  {
    name: 'leak-demo',
    root,
    options: OPTIONS,
    get afterwards() {
      const files = kept.files.map((path) => relative(root, path)).join(', ');
      return `The services were ended. ${files === '' ? 'Nothing was written.' : `The parts that were over are in ${files}.`}`;
    },
    sentenceFor: () => null,
    act: (session, typed) => leakDemo(session, typed, kept),
  },
  process.argv.slice(2),
);
