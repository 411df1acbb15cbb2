/** `make local-grafana`: Grafana on this machine, with user and password, for as long as it is in front. */
import { chooseBackend } from '../verbs/backend.ts';
import { createPulumi } from '../verbs/pulumi.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { mustRun } from './cluster.ts';
import { explained } from './explained.ts';
import { forward } from './forward.ts';
import { createKubectl } from './kubectl.ts';
import { createMinikube } from './minikube.ts';
import { STACK } from './stack.ts';
import { checkTools } from './tools.ts';

const VERB = 'local-grafana';
/** Of Grafana's service in the cluster. */
const REMOTE_PORT = 80;

export const DEFAULT_GRAFANA_PORT = 3000;

/** Rejects with `Refusal` or `Cancelled`. */
export async function grafana(session: Session, port: number): Promise<void> {
  const { say, env } = session;
  await checkTools(session, ['minikube', 'kubectl', 'pulumi']);
  await mustRun(createMinikube(session));
  await explained(VERB, 'Nothing was changed.', async () => {
    const pulumi = createPulumi(session, chooseBackend(env), STACK);
    if (!(await pulumi.resources())) {
      throw new Refusal('Nothing is deployed yet. Type: make deploy-local');
    }
    const { grafanaService, monitoringNamespace, grafanaUser } = await pulumi.outputs();
    if (!grafanaService || !monitoringNamespace) {
      throw new Refusal(
        'The stack was deployed without Grafana, or not to the end. Type: make deploy-local MONITORING=true',
      );
    }
    const password = await pulumi.output('grafanaPassword');
    await forward(
      createKubectl(session),
      {
        namespace: monitoringNamespace,
        target: `svc/${grafanaService}`,
        port,
        remotePort: REMOTE_PORT,
      },
      `make ${VERB}`,
      () =>
        say.plain(`
  http://localhost:${port}
  user      ${grafanaUser ?? 'admin'}
  password  ${password}

  Ctrl-C ends it.
`),
    );
  });
}
