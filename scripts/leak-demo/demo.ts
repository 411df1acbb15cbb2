/** The demonstration: the same load against threads in the server and against isolated processes, real and with a leak. */
import { relative } from 'node:path';
import { readable } from '../charts/quantity.ts';
import { describeCommit } from '../measure/machine.ts';
import type { Session } from '../verbs/session.ts';
import type { Typed } from '../verbs/verb.ts';
import { figuresOf } from './figures.ts';
import { freeMemoryBytes, mustFit } from './free-memory.ts';
import { readClips } from './load.ts';
import { totalRssBytes } from './memory.ts';
import { readOptions } from './options.ts';
import { removeOldReport, writeReport } from './report.ts';
import type { PartResult } from './report.ts';
import { scenarioOf } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { deathText, tableOf } from './table.ts';
import { ENDPOINTS, runTrial } from './trial.ts';
import type { Endpoint, Trial, TrialProgress } from './trial.ts';
import { wordingOf } from './wording.ts';

const ORDER: readonly Endpoint[] = ['threads', 'isolated'];

/** Where tests put other figures in. */
export interface DemoSeams {
  readonly scenarioOf: typeof scenarioOf;
  readonly freeBytes: () => number;
}

const REAL_SEAMS: DemoSeams = { scenarioOf, freeBytes: freeMemoryBytes };

/** What a run left, for the sentence after Ctrl-C. */
export interface Kept {
  files: readonly string[];
}

/** Throws `Refusal`. `kept` is told of each file that is written. */
export async function leakDemo(
  session: Session,
  typed: Typed,
  kept: Kept,
  seams = REAL_SEAMS,
): Promise<void> {
  const { say, root } = session;
  const options = readOptions(typed, root);
  const scenarios = options.parts.map((part) => seams.scenarioOf(part, options));
  const freeBytes = seams.freeBytes();
  mustFit(scenarios, freeBytes);
  const clips = readClips(root);
  const made = { startedAt: new Date(), commit: await describeCommit(session) };

  say.begin('make leak-demo', scenarios.length * ORDER.length);
  say.note(`${readable(freeBytes, 'bytes')} of memory are free`);
  removeOldReport(options.out);
  const results: PartResult[] = [];
  for (const scenario of scenarios) {
    const trials: Trial[] = [];
    for (const endpoint of ORDER) trials.push(await shownTrial(session, endpoint, scenario, clips));
    results.push({ scenario, trials });
    kept.files = writeReport(options.out, options, results, made);
  }
  for (const { scenario, trials } of results) {
    const { title, long } = wordingOf(scenario, trials[0]?.limitKind ?? null);
    say.plain(`\n${title}\n\n${tableOf(trials.map(figuresOf))}\n\n${long}`);
  }
  say.end(`Written: ${kept.files.map((path) => relative(root, path)).join(', ')}`);
}

async function shownTrial(
  { say, clock }: Session,
  endpoint: Endpoint,
  scenario: Scenario,
  clips: readonly File[],
): Promise<Trial> {
  const { part, requests } = scenario;
  say.step(`${part === 'real' ? 'Real' : 'Simulated leak'}: POST ${ENDPOINTS[endpoint]}`);
  const trial = await runTrial(endpoint, scenario, clips, (progress) =>
    say.countdown(progressText(progress, requests), clock.now()),
  );
  say.countdownOver();
  const { answered, planned, peakBytes, death } = figuresOf(trial);
  const peak = peakBytes === null ? '' : `, at most ${readable(peakBytes, 'bytes')}`;
  const text = `${answered} of ${planned} answered${peak}`;
  if (death === null) say.done(text);
  else say.warn(`${text}; the service was ${deathText(death)}`);
  return trial;
}

function progressText({ ended, elapsedMs, memory }: TrialProgress, requests: number): string {
  const held =
    memory === null
      ? ''
      : `: server ${readable(memory.serverRssBytes, 'bytes')}, with workers ${readable(totalRssBytes(memory), 'bytes')}`;
  return `${ended} of ${requests} requests after ${Math.round(elapsedMs / 1000)} s${held}`;
}
