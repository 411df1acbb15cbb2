/** The cluster itself: started where it does not run, left as it is where it does. */
import { availableParallelism } from 'node:os';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import type { ClusterState, Minikube } from './minikube.ts';
import { CLUSTER } from './stack.ts';

/** Two for the service, the others for what watches it. */
const WANTED_CPUS = 4;
/** Kubernetes itself takes no less. */
const LEAST_CPUS = 2;
const WANTED_MEMORY = '8g';
const WANTED_MEMORY_MIB = 8192;

/** Reports of `minikube status` that need no more than a start. */
const WORDS: Readonly<Record<Exclude<ClusterState, 'running'>, string>> = {
  missing: 'There is no cluster yet',
  stopped: 'The cluster is stopped',
  paused: 'The cluster is paused',
};

/** Rejects with `ProgramError` where it does not start. */
export async function ensureCluster(
  { say }: Session,
  minikube: Minikube,
  cores = availableParallelism(),
): Promise<void> {
  const cpus = Math.max(LEAST_CPUS, Math.min(WANTED_CPUS, cores));
  const { state, isConfigured } = await minikube.status();
  if (state === 'running') {
    if (!isConfigured) await minikube.updateContext();
    say.done(`${CLUSTER} runs`);
  } else {
    say.note(`${WORDS[state]}: starting it with ${cpus} CPUs and ${WANTED_MEMORY}`);
    if (state === 'paused') await minikube.unpause();
    else await minikube.start(cpus, WANTED_MEMORY);
    say.done(`${CLUSTER} runs now`);
  }
  const size = await minikube.size();
  if (size !== null && (size.cpus < cpus || size.memoryMib < WANTED_MEMORY_MIB)) {
    say.warn(
      `It has ${size.cpus} CPUs and ${size.memoryMib} MiB; ${cpus} and ${WANTED_MEMORY_MIB} are what the service with Grafana and Prometheus wants. Pods may find no room. For one of the full size, type: make destroy-local CLUSTER=1, then make deploy-local`,
    );
  }
  await minikube.enableAddon('metrics-server');
  say.done('metrics-server is on: kubectl top and autoscaling have figures');
}

/** For verbs that only look at what runs. Throws `Refusal`. */
export async function mustRun(minikube: Minikube): Promise<void> {
  const { state } = await minikube.status();
  if (state !== 'running') throw new Refusal(`${WORDS[state]}. Type: make deploy-local`);
}
