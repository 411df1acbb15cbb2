/** `make measure-results`: all trials one after another, each with a service of its own. */
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { findK6 } from '../load-test/k6-program.ts';
import { describeCommit, describeMachine } from '../measure/machine.ts';
import { resultFiles, verdictOf, VERSION, withoutKey } from '../load-test/result.ts';
import type { Result } from '../load-test/result.ts';
import { runK6 } from '../load-test/run.ts';
import { readWanted } from '../load-test/variables.ts';
import { startRunningService } from '../measure/running-service.ts';
import type { RunningService } from '../measure/running-service.ts';
import { rmSync } from 'node:fs';
import { readRawFiles, writeRawFile } from './raw-files.ts';
import { TRIALS } from './trials.ts';
import type { Before, Trial } from './trials.ts';

const VERB = 'measure-results';
const LIST = 'samples/manifest.json';

/** `only` names trials, or begins their names; null for all. Rejects with `Refusal`. */
export async function measureAll(session: Session, only: string | null): Promise<void> {
  const { say, root } = session;
  const wanted = only?.split(',').map((name) => name.trim()) ?? [''];
  const chosen = TRIALS.filter(({ id }) => wanted.some((name) => id.startsWith(name)));
  if (chosen.length === 0) {
    throw new Refusal(`ONLY=${only}: there are ${TRIALS.map(({ id }) => id).join(', ')}.`);
  }
  const k6 = await findK6(session);
  const commit = await describeCommit(session);
  const results = new Map([...readRawFiles(root)].map(([id, { result }]) => [id, result]));
  say.begin(`make ${VERB}`, chosen.length);
  for (const trial of chosen) {
    say.step(trial.id);
    // One after another: two at once would measure each other.
    // oxlint-disable-next-line no-await-in-loop
    const result = await measure(session, trial, results, { k6, commit });
    results.set(trial.id, result);
    writeRawFile(root, { id: trial.id, cores: trial.cores, service: trial.service, result });
  }
  say.end('Written to docs/results. make results makes the page of it.');
}

interface Known {
  readonly k6: Awaited<ReturnType<typeof findK6>>;
  readonly commit: string | null;
}

async function measure(
  session: Session,
  trial: Trial,
  before: Before,
  { k6, commit }: Known,
): Promise<Result> {
  const { root, env } = session;
  const load = typeof trial.load === 'function' ? trial.load(before) : trial.load;
  const services: RunningService[] = [];
  try {
    for (const cores of trial.cores) {
      // oxlint-disable-next-line no-await-in-loop
      services.push(await startRunningService({ env: trial.service, cores }));
    }
    const variables = {
      ...load,
      AUDIO_FILES_LIST: LIST,
      BASE_URL: services.map(({ url }) => url).join(','),
    };
    const wanted = readWanted(root, variables, Object.keys(variables));
    const startedAt = new Date();
    const files = resultFiles(root, startedAt, trial.id);
    const ended = await runK6(
      { ...session, env: { PATH: env['PATH'], HOME: env['HOME'] } },
      { k6, wanted, files, dashboardPort: null, testId: trial.id },
    );
    rmSync(files.k6Html, { force: true });
    if (ended.summary === null)
      throw new Refusal(`${trial.id} measured nothing; k6 says why above.`);
    return {
      version: VERSION,
      startedAt: startedAt.toISOString(),
      command: `make ${VERB} ONLY=${trial.id}`,
      commit,
      machine: describeMachine(),
      k6: k6.version,
      settings: {
        ...withoutKey(wanted.settings),
        // Ports of the moment.
        baseUrls: services.map((_, index) => `instance ${index + 1}`),
        statusUrls: [],
      },
      verdict: verdictOf(ended.exitCode),
      exitCode: ended.exitCode,
      summary: ended.summary,
      samples: ended.samples,
    };
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
}
