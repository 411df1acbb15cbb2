/** `minikube` for the one cluster. */
import { at, listAt, numberAt, textAt } from '../verbs/json.ts';
import { run } from '../verbs/programs.ts';
import type { Outcome, RunOptions, Show } from '../verbs/programs.ts';
import type { Session } from '../verbs/session.ts';
import { ProgramError } from './program-error.ts';
import { CLUSTER } from './stack.ts';

export type ClusterState = 'running' | 'paused' | 'stopped' | 'missing';

export interface ClusterStatus {
  readonly state: ClusterState;
  /** The kubeconfig leads to it. */
  readonly isConfigured: boolean;
}

export interface ClusterSize {
  readonly cpus: number;
  readonly memoryMib: number;
}

export interface Minikube {
  status(): Promise<ClusterStatus>;
  /** As it was made; null where Minikube does not say, as with no limits. */
  size(): Promise<ClusterSize | null>;
  start(cpus: number, memory: string): Promise<void>;
  unpause(): Promise<void>;
  updateContext(): Promise<void>;
  enableAddon(name: string): Promise<void>;
  images(): Promise<readonly string[]>;
  /** From `directory`, where also the Dockerfile is. Gives all that was said. */
  build(image: string, dockerfile: string, directory: string): Promise<string>;
  /** Runs as long as minikube does; `show` is told what it prints. */
  serviceUrl(name: string, namespace: string, show: Show): Promise<void>;
  delete(): Promise<void>;
}

/** Each method but `status` and `size` rejects with `ProgramError`. */
export function createMinikube({ root, env, say, terminal }: Session): Minikube {
  const options: RunOptions = { cwd: root, env };
  const outcomeOf = (parts: readonly string[], more: Partial<RunOptions> = {}) =>
    run('minikube', [...parts, '-p', CLUSTER], { ...options, ...more });
  const must = async (parts: readonly string[], more: Partial<RunOptions> = {}) => {
    const outcome = await outcomeOf(parts, more);
    if (outcome.exitCode !== 0) throw new ProgramError('minikube', outcome);
    return outcome;
  };
  const shown = { terminal, show: (chunk: string) => say.stream(chunk) };
  return {
    status: async () => statusIn(await outcomeOf(['status', '-o', 'json'])),
    // Lists all profiles, whichever is asked for.
    size: async () => sizeIn(await outcomeOf(['profile', 'list', '-o', 'json'])),
    start: async (cpus, memory) =>
      void (await must(['start', `--cpus=${cpus}`, `--memory=${memory}`], shown)),
    unpause: async () => void (await must(['unpause'])),
    updateContext: async () => void (await must(['update-context'])),
    enableAddon: async (name) => void (await must(['addons', 'enable', name])),
    images: async () => (await must(['image', 'ls'])).stdout.split('\n').map((line) => line.trim()),
    async build(image, dockerfile, directory) {
      const parts = ['image', 'build', '-t', image, '-f', dockerfile, directory];
      const { stdout, stderr } = await must(parts, { cwd: directory, show: shown.show });
      return `${stdout}\n${stderr}`;
    },
    serviceUrl: async (name, namespace, show) =>
      void (await must(['service', name, '-n', namespace, '--url'], { show })),
    delete: async () => void (await must(['delete'], shown)),
  };
}

/** Minikube ends with an error for a cluster that does not run, and prints text where there is none. */
function statusIn({ stdout }: Outcome): ClusterStatus {
  const parsed = json(stdout);
  // Several nodes are a list, the first the one that counts.
  const status = Array.isArray(parsed) ? at(parsed, 0) : parsed;
  return {
    state: stateOf(textAt(status, 'Host'), textAt(status, 'APIServer')),
    isConfigured: textAt(status, 'Kubeconfig') === 'Configured',
  };
}

function stateOf(host: string | null, server: string | null): ClusterState {
  if (host === null || host === 'Nonexistent') return 'missing';
  if (host === 'Running' && server === 'Running') return 'running';
  return server === 'Paused' ? 'paused' : 'stopped';
}

function sizeIn({ stdout }: Outcome): ClusterSize | null {
  const profiles = listAt(json(stdout), 'valid');
  const config = at(
    profiles.find((each) => textAt(each, 'Name') === CLUSTER),
    'Config',
  );
  const cpus = numberAt(config, 'CPUs');
  const memoryMib = numberAt(config, 'Memory');
  // Zero is without a limit.
  return cpus && memoryMib ? { cpus, memoryMib } : null;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
