/** `make local-status`: the cluster, the pods, what they use, the last events, and whether the code has moved on. */
import { MONITORING_NAMESPACE, NAMESPACE } from '../../stacks/local/place.ts';
import type { ImageSource } from '../verbs/image-source.ts';
import type { Session } from '../verbs/session.ts';
import { imageName } from './build.ts';
import { mustRun } from './cluster.ts';
import { explained } from './explained.ts';
import { createKubectl } from './kubectl.ts';
import type { Kubectl } from './kubectl.ts';
import { createMinikube } from './minikube.ts';
import { CLUSTER, readStackConfig } from './stack.ts';
import { checkTools } from './tools.ts';

const SHOWN_EVENTS = 10;
const STEPS = 4;

/** Rejects with `Refusal`. */
export async function status(session: Session, source: ImageSource): Promise<void> {
  const { say, root } = session;
  say.begin('make local-status', STEPS);

  say.step('Cluster');
  say.done(await checkTools(session, ['minikube', 'kubectl']));
  const minikube = createMinikube(session);
  await mustRun(minikube);
  const size = await minikube.size();
  const about = size === null ? '' : ` with ${size.cpus} CPUs and ${size.memoryMib} MiB`;
  say.done(`${CLUSTER} runs${about}`);

  const kubectl = createKubectl(session);
  say.step('Service');
  // Only this must work: where it does, the others have something to say.
  const objects = await explained('local-status', 'Nothing was changed.', () =>
    kubectl(['get', 'deployment,pods,service,hpa,pdb', '-n', NAMESPACE, '-o', 'wide']),
  );
  say.plain(objects.trim() || `Nothing is in ${NAMESPACE}. Type: make deploy-local`);
  sayImage(session, readStackConfig(root)['stt:image'] ?? null, imageName(source));

  say.step('What the pods use');
  say.plain(await kubectl.tried(['top', 'pods', '-n', NAMESPACE]));
  say.step('Last events, and what watches the service');
  await showEvents(session, kubectl);
  say.plain(await kubectl.tried(['get', 'pods', '-n', MONITORING_NAMESPACE]));
  say.end('make local-logs shows what the pods say');
}

function sayImage({ say }: Session, deployed: string | null, current: string): void {
  if (deployed === null) return;
  if (deployed === current) say.done(`${deployed} is what this code builds`);
  else say.warn(`${deployed} is deployed, this code builds ${current}. Type: make deploy-local`);
}

async function showEvents({ say }: Session, kubectl: Kubectl): Promise<void> {
  const text = await kubectl.tried(['get', 'events', '-n', NAMESPACE, '--sort-by=.lastTimestamp']);
  say.plain(text.split('\n').slice(-SHOWN_EVENTS).join('\n'));
}
