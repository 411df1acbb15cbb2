/** `make chart-check`: renders the chart with the stack's values and holds every object against a real API server. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { YAML } from 'bun';
import { CHART } from '../../stacks/local/chart-values.ts';
import {
  MONITORING_NAMESPACE,
  MONITORING_POD_SECURITY,
  podSecurityLabels,
} from '../../stacks/local/place.ts';
import { startControlPlane } from '../../stacks/test/cluster/control-plane.ts';
import type { ControlPlane } from '../../stacks/test/cluster/control-plane.ts';
import { programEnded, programStarted } from '../verbs/interrupt.ts';
import { textAt } from '../verbs/json.ts';
import { Cancelled, Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { applyAll, podsRefused } from './apply.ts';
import { assumptionsOf } from './assumptions.ts';
import { findHelm, PULL } from './helm.ts';
import type { Helm } from './helm.ts';
import { isType, renderedObjects } from './rendered.ts';
import type { Rendered } from './rendered.ts';

const VERB = 'chart-check';
const STEPS = 4;

/** `typed` is a .tgz, or a directory with its sub charts. Rejects with `Refusal` that lists every fault, or `Cancelled`. */
export async function checkChart(session: Session, typed: string | null): Promise<void> {
  const { say } = session;
  if (typed === null) throw new Refusal(`CHART= is missing. Type: ${PULL}`);
  const path = resolve(typed);
  if (!existsSync(path)) throw new Refusal(`CHART=${typed} is not there. Type: ${PULL}`);
  say.begin(`make ${VERB}`, STEPS);
  const directory = mkdtempSync(join(tmpdir(), 'stt-chart-'));
  try {
    say.step('Chart');
    const helm = await findHelm(session, directory);
    await mustBeOurs(helm, path);
    const objects = renderedObjects(await helm.template(path));
    say.done(`${CHART.name} ${CHART.version} renders to ${objects.length} objects`);

    say.step('What the stack takes for granted');
    const wrong = sayAssumptions(session, objects);

    say.step('A Kubernetes API server');
    const refused = await held(session, objects);

    const faults = [...wrong, ...refused];
    if (faults.length > 0) {
      throw new Refusal(
        `${faults.length} fault(s):\n${faults.map((fault) => `  ${fault}`).join('\n')}\nMend stacks/local/chart-values.ts, or take another version there, then type: make ${VERB} CHART=${typed}`,
      );
    }
    say.end(`All ${objects.length} objects are taken, and all of what the stack needs is there.`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function mustBeOurs(helm: Helm, path: string): Promise<void> {
  const chart: unknown = YAML.parse(await helm.chart(path));
  const found = `${textAt(chart, 'name')} ${textAt(chart, 'version')}`;
  const wanted = `${CHART.name} ${CHART.version}`;
  if (found === wanted) return;
  throw new Refusal(
    `The chart is ${found}, and stacks/local/chart-values.ts names ${wanted}. Type: ${PULL}; or name the other one there first.`,
  );
}

/** The sentences that do not hold. */
function sayAssumptions({ say }: Session, objects: readonly Rendered[]): readonly string[] {
  return assumptionsOf(objects).flatMap(({ sentence, holds }) => {
    if (holds) say.done(sentence);
    else say.warn(`not so: ${sentence}`);
    return holds ? [] : [`It is not so that ${sentence}`];
  });
}

/** What the server refuses, and whose pods the namespace does. Rejects with `Cancelled` on Ctrl-C, when all has ended. */
async function held(session: Session, objects: readonly Rendered[]): Promise<readonly string[]> {
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(new Cancelled());
  // It may come before anybody waits for it.
  stopped.promise.catch(() => undefined);
  process.on('SIGINT', stop);
  programStarted();
  const [outcome] = await Promise.allSettled([
    withControlPlane(async (plane) =>
      // Ctrl-C ends the server's programs too, and one that has lost another may never answer.
      Promise.race([given(session, plane, objects), stopped.promise]),
    ),
  ]);
  process.off('SIGINT', stop);
  if (programEnded()) throw new Cancelled();
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

async function withControlPlane<Value>(
  act: (plane: ControlPlane) => Promise<Value>,
): Promise<Value> {
  const plane = await startControlPlane().catch((error: Error) => {
    throw new Refusal(error.message, { cause: error });
  });
  try {
    return await act(plane);
  } finally {
    await plane.stop();
  }
}

async function given(
  { say }: Session,
  { api: all }: ControlPlane,
  objects: readonly Rendered[],
): Promise<readonly string[]> {
  const { gitVersion } = await all.call('GET', '/version');
  say.done(`Kubernetes ${String(gitVersion)} runs`);
  await all.apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: MONITORING_NAMESPACE,
      labels: podSecurityLabels(MONITORING_POD_SECURITY),
    },
  });
  const api = all.within(MONITORING_NAMESPACE);
  say.step(`${objects.length} objects, ${objects.filter(isType).length} of them types`);
  const { taken, refused } = await applyAll(api, objects);
  say.done(`${taken.length} taken, ${refused.length} refused`);
  const deployments = taken.filter((each) => each['kind'] === 'Deployment');
  const without = await podsRefused(api, deployments);
  say.done(`Pods of ${deployments.length - without.length} Deployments are let in`);
  return [...refused, ...without];
}
