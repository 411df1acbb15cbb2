/** What is kept of a run: a picture for each part, the samples as JSON, and a page with the tables. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawLines } from '../charts/line-chart.ts';
import { readable } from '../charts/quantity.ts';
import { describeMachine } from '../measure/machine.ts';
import { figuresOf } from './figures.ts';
import type { DemoOptions, Part } from './options.ts';
import { PARTS } from './options.ts';
import { chartOf } from './picture.ts';
import type { Scenario } from './scenario.ts';
import { tableOf } from './table.ts';
import type { Trial } from './trial.ts';
import { wordingOf } from './wording.ts';

const JSON_FILE = 'leak-demo.json';
const PAGE = 'leak-demo.md';

/** When, and with which code. */
export interface Made {
  readonly startedAt: Date;
  /** Null outside git. */
  readonly commit: string | null;
}

export interface PartResult {
  readonly scenario: Scenario;
  readonly trials: readonly Trial[];
}

/** Of an earlier run, so that nothing of it is taken for this one's. */
export function removeOldReport(out: string): void {
  for (const name of [...PARTS.map(pictureName), JSON_FILE, PAGE]) {
    rmSync(join(out, name), { force: true });
  }
}

/** Writes everything known so far, and says which files that are. */
export function writeReport(
  out: string,
  options: DemoOptions,
  results: readonly PartResult[],
  made: Made,
): readonly string[] {
  mkdirSync(out, { recursive: true });
  const pictures = results.map(({ scenario, trials }) => {
    const { title, short } = wordingOf(scenario, limitKindOf(trials));
    const path = join(out, pictureName(scenario.part));
    writeFileSync(path, drawLines(chartOf(scenario, trials, title, short)));
    return path;
  });
  const { clients, engine } = options;
  const json = {
    startedAt: made.startedAt.toISOString(),
    commit: made.commit,
    machine: machine(),
    clients,
    engine,
    parts: results.map(({ scenario, trials }) => ({
      ...scenario,
      trials: trials.map((trial) => ({ ...trial, figures: figuresOf(trial) })),
    })),
  };
  writeFileSync(join(out, JSON_FILE), `${JSON.stringify(json, null, 1)}\n`);
  writeFileSync(join(out, PAGE), pageOf(results, made));
  return [...pictures, join(out, JSON_FILE), join(out, PAGE)];
}

/** The page in Markdown. */
export function pageOf(results: readonly PartResult[], { startedAt, commit }: Made): string {
  const sections = results.map(({ scenario, trials }) => {
    const { title, long } = wordingOf(scenario, limitKindOf(trials));
    const settings = Object.entries(scenario.env).map(([name, value]) => `${name}=${value}`);
    return [
      `## ${title}`,
      `![${title}](${pictureName(scenario.part)})`,
      tableOf(trials.map(figuresOf)),
      long,
      `Settings of the service for both endpoints: \`${settings.join(' ')}\`.`,
    ].join('\n\n');
  });
  return `${[
    '# Memory: in the server, and in processes that are replaced',
    `Measured by \`make leak-demo\` on ${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, on ${machine()}; code: ${commit ?? 'outside git'}. Every sample is in [${JSON_FILE}](${JSON_FILE}).`,
    ...sections,
    'Growth is the slope of the server’s memory over the second half of its requests, or over all of them where it died. Memory is resident memory; pages that processes share are counted in each, but for the column that says otherwise.',
  ].join('\n\n')}\n`;
}

function pictureName(part: Part): string {
  return `${part}.svg`;
}

function limitKindOf(trials: readonly Trial[]) {
  return trials[0]?.limitKind ?? null;
}

function machine(): string {
  const { cpu, cores, memoryBytes, system } = describeMachine();
  return `${system} with ${cores} × ${cpu} and ${readable(memoryBytes, 'bytes')} of memory, Bun ${Bun.version}`;
}
