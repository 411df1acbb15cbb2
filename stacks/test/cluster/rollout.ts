/** When a Deployment counts as rolled out: every pod is of its newest template, and ready. */
import { at, textAt } from '../engine/values.ts';
import { condition } from './kube-api.ts';
import type { KubeApi, KubeObject } from './kube-api.ts';
import { eventually } from './processes.ts';

/** The object as it is then. Throws what the controller says where pods are refused. */
export async function rolledOut(api: KubeApi, deployment: KubeObject): Promise<KubeObject> {
  return eventually(`${textAt(deployment, 'metadata.name')} is rolled out`, async () => {
    const now = await api.get(deployment);
    if (now === null) throw new Error('The Deployment went away while it was rolled out.');
    if (at(now, 'status.observedGeneration') !== at(now, 'metadata.generation')) return null;
    const refused = condition(now, 'ReplicaFailure');
    if (refused !== undefined) throw new Error(textAt(refused, 'message'));
    const wanted = at(now, 'spec.replicas');
    const counts = ['replicas', 'updatedReplicas', 'availableReplicas'];
    return counts.every((count) => at(now, `status.${count}`) === wanted) ? now : null;
  });
}
