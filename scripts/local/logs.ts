/** `make local-logs`: what the pods say, and nothing else, so that it can go through a pipe. */
import { NAMESPACE } from '../../stacks/local/place.ts';
import type { Session } from '../verbs/session.ts';
import { mustRun } from './cluster.ts';
import { explained } from './explained.ts';
import { createKubectl } from './kubectl.ts';
import { createMinikube } from './minikube.ts';
import { CONTAINER, POD_SELECTOR } from './rollout.ts';
import { checkTools } from './tools.ts';

/** More pods than replicas can be, a rollout included. */
const MAX_PODS = 200;

export interface LogArguments {
  /** Of each pod. */
  readonly lines: number;
  /** Stays in front. */
  readonly follow: boolean;
  /** Of the container that ended before the one that runs. */
  readonly previous: boolean;
}

/** Rejects with `Refusal` or `Cancelled`. */
export async function logs(
  session: Session,
  { lines, follow, previous }: LogArguments,
): Promise<void> {
  await checkTools(session, ['minikube', 'kubectl']);
  await mustRun(createMinikube(session));
  const parts = [
    'logs',
    '-n',
    NAMESPACE,
    '-l',
    POD_SELECTOR,
    '-c',
    CONTAINER,
    '--prefix',
    `--tail=${lines}`,
    `--max-log-requests=${MAX_PODS}`,
    ...(follow ? ['--follow'] : []),
    ...(previous ? ['--previous'] : []),
  ];
  await explained('local-logs', 'Nothing was changed.', () =>
    createKubectl(session).shown(parts, (chunk) => session.say.stream(chunk)),
  );
}
