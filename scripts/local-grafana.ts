/** Opens Grafana of the local cluster on this machine: `make local-grafana [PORT=3000]`. */
import { join } from 'node:path';
import { sentenceFor } from './local/explained.ts';
import { wholeNumber } from './local/flag.ts';
import { DEFAULT_GRAFANA_PORT, grafana } from './local/grafana.ts';
import { runVerb } from './verbs/verb.ts';

const name = 'local-grafana';

process.exitCode = await runVerb(
  {
    name,
    root: join(import.meta.dirname, '..'),
    options: ['port'],
    afterwards: 'Grafana runs on in the cluster. make local-grafana opens it again.',
    sentenceFor: (error) => sentenceFor(name, error),
    act(session, typed) {
      const range = { fallback: DEFAULT_GRAFANA_PORT, least: 1, most: 65_535 };
      return grafana(session, wholeNumber('PORT', typed('port'), range));
    },
  },
  process.argv.slice(2),
);
