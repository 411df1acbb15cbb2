/** `make local-api`: a URL over all pods, and the tunnel to it where this machine needs one. */
import { FIELDS, PATHS } from '../../service/src/contract.ts';
import { NAME, NAMESPACE } from '../../stacks/local/place.ts';
import { API_PORT } from '../../stacks/lib/container.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { mustRun } from './cluster.ts';
import { explained } from './explained.ts';
import { forward } from './forward.ts';
import { createKubectl } from './kubectl.ts';
import { createMinikube } from './minikube.ts';
import type { Minikube } from './minikube.ts';
import { checkTools } from './tools.ts';

const VERB = 'local-api';
const NOTHING = 'Nothing was changed.';

export interface ApiArguments {
  /** With `kubectl port-forward`, on this port; null: with Minikube. */
  readonly forwardPort: number | null;
}

/** Stays as long as there is something to hold open. Rejects with `Refusal` or `Cancelled`. */
export async function api(session: Session, { forwardPort }: ApiArguments): Promise<void> {
  await checkTools(session, ['minikube', 'kubectl']);
  const minikube = createMinikube(session);
  await mustRun(minikube);
  if (forwardPort === null) {
    await explained(VERB, NOTHING, () => balanced(session, minikube));
    return;
  }
  session.say.warn(
    `kubectl port-forward leads to one pod, whatever the others do, and ends with it. For all pods, type: make ${VERB}`,
  );
  const again = `make ${VERB} FORWARD=1`;
  await explained(`${VERB} FORWARD=1`, NOTHING, () =>
    forward(
      createKubectl(session),
      { namespace: NAMESPACE, target: `svc/${NAME}`, port: forwardPort, remotePort: API_PORT },
      again,
      () => sayUrl(session, `http://127.0.0.1:${forwardPort}`),
    ),
  );
}

/** Minikube prints the URL; where the cluster is behind a tunnel, it then holds that open. */
async function balanced(session: Session, minikube: Minikube): Promise<void> {
  const { say } = session;
  let pending = '';
  let url: string | null = null;
  const take = (chunk: string): void => {
    pending += chunk;
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      const found = /https?:\/\/\S+/.exec(line)?.[0];
      if (found === undefined || url !== null) continue;
      url = found;
      sayUrl(session, found);
      say.note('A new connection goes to any of the pods, one that is kept open to the same');
    }
  };
  await minikube.serviceUrl(NAME, NAMESPACE, (chunk, stream) => {
    if (stream === 'stdout') take(chunk);
    else say.stream(chunk);
  });
  take('\n');
  if (url === null) {
    throw new Refusal(`minikube gave no URL. Type: make local-status to see, or make deploy-local`);
  }
  say.note('This machine needs no tunnel: the URL holds until the cluster stops');
}

function sayUrl({ say }: Session, url: string): void {
  say.plain(`
  ${url}
  curl -F ${FIELDS.audio}=@samples/train.wav ${url}${PATHS.transcriptionsIsolated}
`);
}
