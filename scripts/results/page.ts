/** docs/test-results.md, made of what docs/results holds: the same files give the same page. */
import { isolation, memory, recycling } from './isolation.ts';
import { overload } from './overload.ts';
import { overview } from './overview.ts';
import { instances, workers } from './scaling.ts';
import { resultOf, summaryOf } from './section.ts';
import type { Picture, Results, Section } from './section.ts';

export interface Page {
  readonly markdown: string;
  readonly pictures: readonly Picture[];
}

/** `leak` is what `make leak-demo` wrote, `boards` pictures of the boards under load; both as Markdown. */
export function pageOf(results: Results, leak: string, boards: string): Page {
  const sections = [
    overview(results),
    isolation(results),
    memory(results),
    recycling(results),
    workers(results),
    instances(results),
    overload(results),
  ];
  const parts = [
    introduction(results),
    ...sections.map(sectionText),
    `## A leak, and where it stays\n\n${leak.trim()}`,
    `## The boards under load\n\n${boards.trim()}`,
    AGAIN,
  ];
  return {
    markdown: `${parts.join('\n\n')}\n`,
    pictures: sections.flatMap(({ pictures }) => pictures),
  };
}

function sectionText({ title, text, pictures }: Section): string {
  return [
    `## ${title}`,
    text,
    ...pictures.map(({ name, alt }) => `![${alt}](results/${name}.svg)`),
  ].join('\n\n');
}

function introduction(results: Results): string {
  const all = [...results.values()];
  const { machine, k6 } = resultOf(results, 'load-isolated');
  const commits = unique(all.map(({ commit }) => commit ?? 'unknown'));
  const days = unique(all.map(({ startedAt }) => startedAt.slice(0, 10)));
  const { words } = summaryOf(results, 'load-isolated');
  return `# What do load tests show?

<!-- Written by make results from docs/results. -->

Engine \`moonshine-base\`, embedded. Machine: ${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${machine.system}; k6 ${k6}, on
the same cores as the service. Code: ${commits.join(', ')}. Measured on ${days.join(' and ')} by
\`make measure-results\`. Recordings: the clips of \`samples/\`, 3 to 5 s of synthetic speech${words === null ? '' : `; ${((100 * words.errors) / words.reference).toFixed(1)} % of their words were wrong under load`}.
Figures say what happened on this machine on that day, and how parts compare with one another; none is a promise for another
machine.`;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}

const AGAIN = `## How to measure it again

\`make measure-results\` starts a service of its own for each run, kept to the cores that the file of the run names, loads it
with k6 and writes what was measured to \`docs/results/\`: about 35 minutes, on a machine that does nothing else.
\`ONLY=overload\` or \`ONLY=load,soak\` measures some of it. \`make leak-demo OUT=docs/results/leak-demo\` measures the leak, and
\`make results\` writes this page and its pictures from those files. [How to run load tests of your own](load-testing.md).`;
