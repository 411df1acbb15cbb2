/** Waits until the new pods are ready, and shows what the cluster knows where they do not become so. */
import { METRICS_SERVICE, NAME, NAMESPACE, SELECTOR } from '../../stacks/local/place.ts';
import type { Session } from '../verbs/session.ts';
import type { Kubectl } from './kubectl.ts';

const LIMIT = '300s';
const SHOWN_EVENTS = 15;
const SHOWN_LOG_LINES = 30;

/** Picks the pods of the service. */
export const POD_SELECTOR = Object.entries(SELECTOR)
  .map(([name, value]) => `${name}=${value}`)
  .join(',');
/** Of the pods. */
export const CONTAINER = METRICS_SERVICE;

/** Whether the cluster has what belongs to the stack: one that was made anew has not, whatever the state says. */
export async function isThere(kubectl: Kubectl): Promise<boolean> {
  const parts = ['get', 'namespace', NAMESPACE, '--ignore-not-found', '-o', 'name'];
  return (await kubectl(parts)).trim() !== '';
}

/** Rejects with `ProgramError` after five minutes. */
export async function untilRolledOut({ say }: Session, kubectl: Kubectl): Promise<void> {
  await kubectl.shown(
    ['rollout', 'status', `deployment/${NAME}`, '-n', NAMESPACE, `--timeout=${LIMIT}`],
    (chunk) => say.stream(chunk),
  );
}

/** The last events and the last lines of the pods; what was shown comes back, for its cause to be looked up. */
export async function showTrouble({ say }: Session, kubectl: Kubectl): Promise<string> {
  const pods = await kubectl.tried(['get', 'pods', '-n', NAMESPACE, '-o', 'wide']);
  const events = lastLines(
    await kubectl.tried(['get', 'events', '-n', NAMESPACE, '--sort-by=.lastTimestamp']),
    SHOWN_EVENTS,
  );
  const log = await kubectl.tried([
    'logs',
    '-n',
    NAMESPACE,
    '-l',
    POD_SELECTOR,
    '-c',
    CONTAINER,
    '--prefix',
    `--tail=${SHOWN_LOG_LINES}`,
  ]);
  // Why the last container of a pod ended stands nowhere else.
  const ends = await kubectl.tried([
    'get',
    'pods',
    '-n',
    NAMESPACE,
    '-o',
    'jsonpath={.items[*].status.containerStatuses[*].lastState.terminated.reason}',
  ]);
  for (const [title, text] of [
    ['Pods', pods],
    ['Events', events],
    ['Log', log],
  ] as const) {
    say.note(`${title} in ${NAMESPACE}:`);
    say.plain(text || '(none)');
  }
  return [ends, pods, events].join('\n');
}

function lastLines(text: string, count: number): string {
  return text.split('\n').slice(-count).join('\n');
}
