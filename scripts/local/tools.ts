/** The programs that the verbs for the local cluster need: whether they are there, and new enough. */
import { textAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';
import { firstVersion, PULUMI, toolVersion } from '../verbs/tools.ts';
import type { Tool } from '../verbs/tools.ts';

const GET_MINIKUBE = 'https://minikube.sigs.k8s.io/docs/start; brew install minikube on macOS';
const GET_KUBECTL = 'https://kubernetes.io/docs/tasks/tools; brew install kubectl on macOS';
const GET_HELM = 'https://helm.sh/docs/intro/install; brew install helm on macOS';

const TOOLS = {
  minikube: {
    name: 'minikube',
    parts: ['version', '--short'],
    versionIn: firstVersion,
    // Runs Kubernetes 1.28 and later.
    oldest: '1.32.0',
    missing: `minikube is not on PATH. Install it (${GET_MINIKUBE}), then run the same again.`,
    update: `. Get it: ${GET_MINIKUBE}`,
  },
  kubectl: {
    name: 'kubectl',
    parts: ['version', '--client', '-o', 'json'],
    versionIn: clientVersion,
    oldest: '1.28.0',
    missing: `kubectl is not on PATH. Install it (${GET_KUBECTL}), then run the same again.`,
    update: `. Get it: ${GET_KUBECTL}`,
  },
  pulumi: PULUMI,
} as const satisfies Readonly<Record<string, Tool>>;

const HELM: Tool = {
  name: 'helm',
  parts: ['version', '--short'],
  versionIn: firstVersion,
  oldest: '3.14.0',
  missing: `helm is not on PATH.`,
  update: '.',
};

export type ToolName = keyof typeof TOOLS;

/** Such as "minikube 1.37.0, kubectl 1.34.1". Throws `Refusal` that names all that are missing or too old at once. */
export async function checkTools(session: Session, names: readonly ToolName[]): Promise<string> {
  const found = await Promise.all(
    names.map(async (name) => {
      try {
        return { version: `${name} ${await toolVersion(session, TOOLS[name])}` };
      } catch (error) {
        if (error instanceof Refusal) return { fault: error.message };
        throw error;
      }
    }),
  );
  const faults = found.flatMap(({ fault }) => fault ?? []);
  if (faults.length > 0) throw new Refusal(faults.join('\n'));
  return found.flatMap(({ version }) => version ?? []).join(', ');
}

/** Only warns: Pulumi brings a Helm of its own for the chart, and the program is for people who look into the release. */
export async function checkHelm(session: Session): Promise<void> {
  try {
    await toolVersion(session, HELM);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    session.say.warn(
      `${error.message} Pulumi brings its own, so this goes on; to look into the release of Grafana and Prometheus yourself, get it: ${GET_HELM}`,
    );
  }
}

function clientVersion(stdout: string): string | null {
  try {
    return firstVersion(textAt(JSON.parse(stdout), 'clientVersion', 'gitVersion') ?? '');
  } catch {
    return null;
  }
}
