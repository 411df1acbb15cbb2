/** `make load-test`: k6 found, the service asked whether it is ready, one run, and its figures as a file and a page. */
import { existsSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { ModeName } from '../../k6/lib/modes.ts';
import { USUAL_LISTS } from '../../k6/lib/recordings.ts';
import { CANCELLED_EXIT_CODE, Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { clockTime, plannedSeconds } from './duration.ts';
import { findK6 } from './k6-program.ts';
import { describeCommit, describeMachine } from '../measure/machine.ts';
import { pageOf } from './page.ts';
import { requireReady } from './preflight.ts';
import { resultFiles, verdictOf, VERSION, withoutKey, writeResult } from './result.ts';
import type { Result, Verdict } from './result.ts';
import { freePort, runK6 } from './run.ts';
import { readWanted } from './variables.ts';

export const VERB = 'load-test';
const STEPS = 3;
const DASHBOARD_PORT = 5665;

/** k6's exit code, 0 when all held and 99 when a threshold was crossed, or 130 after Ctrl-C. Rejects with `Refusal`. */
export async function loadTest(session: Session, typed: readonly string[]): Promise<number> {
  const { say, root, env } = session;
  const wanted = readWanted(root, env, typed);
  const { settings, prometheusUrl } = wanted;
  const planned = plannedSeconds(settings);
  say.begin(`make ${VERB}: ${settings.mode} on ${settings.endpoint}, ${clockTime(planned)}`, STEPS);

  say.step('Tools and service');
  const k6 = await findK6(session);
  say.done(`k6 ${k6.version}`);
  await Promise.all(settings.baseUrls.map((url) => requireReady(url)));
  say.done(
    `${settings.baseUrls.join(' and ')} ${settings.baseUrls.length === 1 ? 'is' : 'are'} ready`,
  );
  if (settings.audioFilesList === USUAL_LISTS[1]) {
    say.warn(
      `${USUAL_LISTS[0]} is not there: uploading the few recordings of ${USUAL_LISTS[1]}. For LibriSpeech: make generate-audio-list`,
    );
  }

  say.step('Load');
  const startedAt = new Date();
  const files = resultFiles(root, startedAt, settings.mode);
  // Nobody looks at a page of a CI machine, and a port there may be another job's.
  const dashboardPort = env['CI'] ? null : await freePort(DASHBOARD_PORT);
  if (dashboardPort !== null) say.note(`Live: http://127.0.0.1:${dashboardPort}`);
  if (prometheusUrl !== null)
    say.note(`Series go to ${new URL(prometheusUrl).host}; board: Load test`);
  const testId = `${startedAt.toISOString()}-${settings.mode}`;
  const commit = await describeCommit(session);
  const ended = await runK6(session, { k6, wanted, files, dashboardPort, testId });
  const verdict = ended.interrupted ? 'interrupted' : verdictOf(ended.exitCode);
  if (verdict === 'failed' && ended.summary === null) {
    throw new Refusal(
      `k6 ended with ${ended.exitCode} before it could measure anything; it says why above.`,
    );
  }

  say.step('Result');
  const result: Result = {
    version: VERSION,
    startedAt: startedAt.toISOString(),
    command: commandLine(env, typed),
    commit,
    machine: describeMachine(),
    k6: k6.version,
    settings: withoutKey(settings),
    verdict,
    exitCode: ended.exitCode,
    summary: ended.summary,
    samples: ended.samples,
  };
  writeResult(files.json, result);
  writeFileSync(files.html, pageOf(result, existsSync(files.k6Html) ? files.k6Html : null));
  say.done(`${relative(root, files.html)}, and the figures in ${relative(root, files.json)}`);
  const sentence = SENTENCES[verdict](settings.mode);
  if (verdict === 'passed') say.end(sentence);
  else say.fail(sentence);
  return ended.interrupted ? CANCELLED_EXIT_CODE : ended.exitCode;
}

const SENTENCES: Readonly<Record<Verdict, (mode: ModeName) => string>> = {
  passed: () => 'Every threshold held.',
  thresholds: (mode) =>
    mode === 'breakpoint'
      ? 'A threshold was crossed (exit code 99): the rate at that moment is what the service can take. The page shows it.'
      : 'A threshold was crossed (exit code 99): the service did its work, but not as fast or as surely as asked.',
  interrupted: () => 'Stopped before its end; the figures are of what ran.',
  failed: () => 'k6 could not run the test to its end; it says why above.',
};

/** As it was typed, but for a key. */
function commandLine(env: Session['env'], typed: readonly string[]): string {
  const shown = typed
    .toSorted()
    .filter((name) => name !== 'API_KEY')
    .map((name) => `${name}=${env[name] ?? ''}`);
  return [`make ${VERB}`, ...shown].join(' ');
}
