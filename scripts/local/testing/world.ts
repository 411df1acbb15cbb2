/** A place for verbs with a Minikube, a kubectl, a Helm and a Pulumi that answer as if all were well. */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFakeProgram } from '../../verbs/testing/fake-program.ts';
import type { Rule } from '../../verbs/testing/fake-program.ts';
import type { ImageSource } from '../../verbs/image-source.ts';
import { createPlace } from '../../verbs/testing/place.ts';
import type { Place } from '../../verbs/testing/place.ts';
import { statefulPulumi } from '../../verbs/testing/pulumi-answers.ts';
import type { Typed } from '../../verbs/verb.ts';

export const TAG = 'sha-0123456789abcdef';
export const IMAGE = `stt:${TAG}`;
export const PASSWORD = 'correct-horse';
export const URL_OF_SERVICE = 'http://192.168.49.2:30654';

/** What the fake programs call. */
const SHELL_TOOLS = ['cat', 'cmp', 'cp', 'grep', 'ls', 'mv', 'rm', 'sed', 'sleep'];

const CONTEXT = '--context minikube';

export const profile = (cpus: number, memoryMib: number): unknown => ({
  invalid: [],
  valid: [{ Name: 'minikube', Config: { CPUs: cpus, Memory: memoryMib } }],
});

export const clusterStatus = (
  host: string,
  server: string,
  kubeconfig = 'Configured',
): unknown => ({
  Name: 'minikube',
  Host: host,
  Kubelet: host,
  APIServer: server,
  Kubeconfig: kubeconfig,
});

const GOOD_MINIKUBE: readonly Rule[] = [
  { match: 'version --short', out: 'v1.37.0\n' },
  {
    match: 'status -o json',
    sh: `[ -e "$state/cluster" ] || { echo '* Profile "minikube" not found.'; exit 85; }`,
    out: clusterStatus('Running', 'Running'),
  },
  { match: 'profile list -o json', out: profile(16, 16_384) },
  { match: 'start', sh: `: > "$state/cluster"`, out: 'Done! kubectl is now configured\n' },
  { match: 'unpause', sh: `: > "$state/cluster"` },
  { match: 'update-context' },
  { match: 'addons enable metrics-server' },
  { match: 'image ls', sh: `cat "$state/images" 2>/dev/null || :` },
  {
    match: 'image build',
    sh: `pwd > "$state/build-directory"; ls > "$state/build-files"; echo "docker.io/library/$4" >> "$state/images"`,
    out: 'Step 1/9 : FROM bun\n',
  },
  { match: 'service stt -n stt --url', out: `${URL_OF_SERVICE}\n` },
  { match: 'delete', sh: `rm -f "$state/cluster" "$state/images" "$state/namespace"` },
];

const GOOD_KUBECTL: readonly Rule[] = [
  { match: 'version --client', out: { clientVersion: { gitVersion: 'v1.34.1' } } },
  {
    match: `${CONTEXT} get namespace stt`,
    sh: `[ ! -e "$state/namespace" ] || echo namespace/stt`,
  },
  { match: `${CONTEXT} rollout status`, out: 'deployment "stt" successfully rolled out\n' },
  { match: `${CONTEXT} get deployment,pods`, out: 'deployment.apps/stt   1/1\n' },
  { match: `${CONTEXT} get pods -n stt -o wide`, out: 'stt-7d4 0/1 Running\n' },
  { match: `${CONTEXT} get pods -n stt -o jsonpath` },
  { match: `${CONTEXT} get pods -n monitoring`, out: 'kps-grafana-1 3/3 Running\n' },
  { match: `${CONTEXT} get events`, out: 'an old event\nthe last event\n' },
  { match: `${CONTEXT} top pods`, out: 'stt-7d4 250m 900Mi\n' },
  { match: `${CONTEXT} logs`, out: '[pod/stt-7d4/stt-service] last words\n' },
];

const OUTPUTS = {
  namespace: 'stt',
  deployment: 'stt',
  monitoringNamespace: 'monitoring',
  grafanaService: 'kps-grafana',
  grafanaUser: 'admin',
  grafanaPassword: '[secret]',
};

const CONFIG = 'stacks/config/Pulumi.local.yaml';

export const UP = `echo 21 > "$state/resources"; : > "$state/namespace"
cp ${CONFIG} "$state/deployed"
cp "$state/outputs.up" "$state/outputs"
echo 'Updating (local): 21 resources'`;

const GOOD_PULUMI: readonly Rule[] = [
  ...statefulPulumi('local'),
  { match: 'stack output grafanaPassword --show-secrets', out: `${PASSWORD}\n` },
  { match: 'up --yes', sh: UP },
  {
    match: 'destroy --yes',
    sh: `printf '%s' "$PULUMI_K8S_DELETE_UNREACHABLE" > "$state/unreachable"
echo 0 > "$state/resources"; rm -f "$state/outputs" "$state/namespace" "$state/deployed"`,
  },
];

type Program = 'minikube' | 'kubectl' | 'pulumi' | 'helm';

const GOOD: Readonly<Record<Program, readonly Rule[]>> = {
  minikube: GOOD_MINIKUBE,
  kubectl: GOOD_KUBECTL,
  pulumi: GOOD_PULUMI,
  helm: [{ match: 'version --short', out: 'v3.19.0+g3d8990f\n' }],
};

export interface World extends Place {
  /** Rules that come before the good ones. */
  program(name: Program, ...rules: readonly Rule[]): void;
  without(name: Program): void;
  /** Of one program, without its name. */
  callsOf(name: Program, start?: string): readonly string[];
  /** Puts a file there for the programs, such as `cluster` for one that runs. */
  mark(name: string, text?: string): void;
  marked(name: string): string | null;
}

/** `running`: there is a cluster. */
export function createWorld({ running = true } = {}): World {
  const place = createPlace('deploy-local');
  const { bin, state } = place;
  const tools = join(state, 'tools');
  mkdirSync(tools);
  for (const name of SHELL_TOOLS) symlinkSync(Bun.which(name) ?? name, join(tools, name));
  // Nothing else of this machine, which may have a kubectl of its own.
  place.env['PATH'] = `${bin}:${tools}`;
  const path = (name: string) => join(state, name);
  const world: World = {
    ...place,
    program: (name, ...rules) =>
      writeFakeProgram({ name, bin, state, rules: [...rules, ...GOOD[name]] }),
    without: (name) => rmSync(join(bin, name)),
    callsOf: (name, start = '') =>
      place
        .calls()
        .filter((call) => call.startsWith(`${name} ${start}`))
        .map((call) => call.slice(name.length + 1)),
    mark: (name, text = '') => writeFileSync(path(name), text),
    marked: (name) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : null),
  };
  for (const name of Object.keys(GOOD) as Program[]) world.program(name);
  world.mark('outputs.up', JSON.stringify(OUTPUTS));
  if (running) world.mark('cluster');
  return world;
}

/** What was typed after make. */
export function typing(values: Readonly<Record<string, string>> = {}): Typed {
  return (option) => values[option] ?? null;
}

export const SOURCE: ImageSource = {
  tag: () => TAG,
  stage(directory) {
    writeFileSync(join(directory, 'staged'), '');
    return TAG;
  },
};
