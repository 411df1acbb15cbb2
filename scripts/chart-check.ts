/** Holds a chart of Prometheus and Grafana against a real API server: `make chart-check CHART=<a .tgz, or a directory>`. */
import { join } from 'node:path';
import { checkChart } from './chart-check/check.ts';
import { runVerb } from './verbs/verb.ts';

const root = join(import.meta.dirname, '..');

process.exitCode = await runVerb(
  {
    name: 'chart-check',
    root,
    options: ['chart'],
    afterwards: 'Nothing of it is left.',
    sentenceFor: () => null,
    act: (session, typed) => checkChart(session, typed('chart')),
  },
  process.argv.slice(2),
);
