/** `make destroy-local`: takes the stack out of the cluster, and with CLUSTER=1 the cluster as well. */
import { chooseBackend } from '../verbs/backend.ts';
import { createPulumi } from '../verbs/pulumi.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { explained } from './explained.ts';
import { createKubectl } from './kubectl.ts';
import { createMinikube } from './minikube.ts';
import type { ClusterState } from './minikube.ts';
import { isThere } from './rollout.ts';
import { CLUSTER, CONFIG_FILE, readStackConfig, STACK } from './stack.ts';
import { checkTools } from './tools.ts';

const VERB = 'destroy-local';
const STEPS = 3;

/** Rejects with `Refusal` or `Cancelled`; nothing is touched before somebody said yes. */
export async function destroy(session: Session, withCluster: boolean): Promise<void> {
  const { say, env } = session;
  say.begin(`make ${VERB}`, STEPS);

  say.step('Tools, cluster and stack');
  say.done(await checkTools(session, ['minikube', 'kubectl', 'pulumi']));
  readStackConfig(session.root);
  const minikube = createMinikube(session);
  const backend = chooseBackend(env);
  const { state } = await minikube.status();
  const resources = await explained(VERB, 'Nothing was touched.', async () => {
    return (await createPulumi(session, backend, STACK).resources()) ?? 0;
  });
  const deletesCluster = withCluster && state !== 'missing';
  mustHaveSomething(state, resources, deletesCluster);

  say.step('What goes');
  if (resources > 0) say.warn(`${resources} resources of the stack ${STACK}`);
  if (deletesCluster) say.warn(`The cluster ${CLUSTER}, with everything else that is in it`);
  await mustAgree(session, withCluster);

  say.step('Teardown');
  if (resources > 0) {
    // What cannot be asked has gone, or goes with its cluster.
    const gone: Session =
      state === 'running'
        ? session
        : { ...session, env: { ...env, PULUMI_K8S_DELETE_UNREACHABLE: 'true' } };
    await explained(VERB, `What is left goes with the next make ${VERB}.`, () =>
      takeAway(gone, state),
    );
    say.done('Everything that the stack made is gone');
  }
  if (deletesCluster) {
    await explained(VERB, 'The stack is gone, the cluster is not.', () => minikube.delete());
    say.done(`The cluster ${CLUSTER} is gone`);
  } else if (state !== 'missing') {
    say.note(
      `The cluster ${CLUSTER} stays, with its images and the types that the chart of Prometheus brought. To stop it: minikube stop -p ${CLUSTER}; to delete it: make ${VERB} CLUSTER=1`,
    );
  }
  say.note(`${CONFIG_FILE} stays: make deploy-local takes the same settings`);
  say.end('Gone. make deploy-local makes it anew');
}

async function takeAway(session: Session, state: ClusterState): Promise<void> {
  const refresh = state === 'running' && !(await isThere(createKubectl(session)));
  await createPulumi(session, chooseBackend(session.env), STACK).destroy({ refresh });
}

function mustHaveSomething(state: ClusterState, resources: number, deletesCluster: boolean): void {
  if (resources === 0 && !deletesCluster) {
    throw new Refusal(
      state === 'missing'
        ? 'There is nothing to take away: no stack, and no cluster.'
        : `There is nothing to take away: the stack has no resources. To delete the cluster, type: make ${VERB} CLUSTER=1`,
    );
  }
  if ((state === 'stopped' || state === 'paused') && !deletesCluster) {
    const command = state === 'paused' ? 'unpause' : 'start';
    throw new Refusal(
      `The cluster is ${state}, and nothing can be taken out of it so. Type: minikube ${command} -p ${CLUSTER}, then make ${VERB}; or delete it with all that is in it: make ${VERB} CLUSTER=1`,
    );
  }
}

async function mustAgree({ ask, yes }: Session, withCluster: boolean): Promise<void> {
  const agreed =
    yes ||
    (await ask.confirm({
      message: 'Take it away?',
      argument: withCluster ? 'YES=1 CLUSTER=1' : 'YES=1',
    }));
  if (!agreed) throw new Refusal('Nothing was touched.');
}
