/** The one stack in a cluster of this machine, and the cluster that the verbs work on. */
import { Refusal } from '../verbs/refusal.ts';
import { configFile, readConfig } from '../verbs/stack-config.ts';

export const STACK = 'local';
export const CONFIG_FILE = configFile(STACK);

/** Name of Minikube's profile, and of the kubeconfig's context that it makes. */
export const CLUSTER = 'minikube';
export const CONTEXT_KEY = 'kubernetes:context';

export type Config = Readonly<Record<string, string>>;

/** Full keys such as stt:image; empty where nothing was deployed yet. Throws `Refusal`, also for another cluster. */
export function readStackConfig(root: string): Config {
  const config = readConfig(root, STACK, 'make deploy-local');
  const context = config[CONTEXT_KEY] ?? CLUSTER;
  if (context !== CLUSTER) {
    throw new Refusal(
      `${CONFIG_FILE} says ${CONTEXT_KEY}=${context}, and this works on ${CLUSTER} alone. Type: pulumi config set -s ${STACK} ${CONTEXT_KEY} ${CLUSTER}, then the same again; for ${context}: pulumi up -s ${STACK}`,
    );
  }
  return config;
}
