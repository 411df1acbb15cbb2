/** `kubectl port-forward` in front: says when it is up, and ends when the pod or the person does. */
import { Refusal } from '../verbs/refusal.ts';
import type { Kubectl } from './kubectl.ts';

export interface Forward {
  readonly namespace: string;
  /** Such as svc/kps-grafana. */
  readonly target: string;
  /** Of this machine. */
  readonly port: number;
  readonly remotePort: number;
}

/** `up` is called once, when the port is open. Rejects with `ProgramError`, `Refusal` or `Cancelled`; never resolves. */
export async function forward(
  kubectl: Kubectl,
  { namespace, target, port, remotePort }: Forward,
  again: string,
  up: () => void,
): Promise<never> {
  let said = '';
  let isUp = false;
  await kubectl.shown(
    ['port-forward', '-n', namespace, target, `${port}:${remotePort}`],
    // Afterwards it says a line for each connection.
    (chunk) => {
      if (isUp) return;
      said += chunk;
      isUp = said.includes('Forwarding from');
      if (isUp) up();
    },
  );
  throw new Refusal(`kubectl stopped forwarding to ${target}. Type: ${again}`);
}
