/** Files that come with Go modules, in the versions that a go.mod of ours names and its go.sum vouches for. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../engine/project.ts';

const CRDS = {
  beside: join(import.meta.dirname, 'crds'),
  module: 'github.com/prometheus-operator/prometheus-operator',
};
const KWOK = { beside: join(REPOSITORY, 'scripts/tools/kwok'), module: 'sigs.k8s.io/kwok' };

/** The types of the Prometheus operator, each as YAML: what kube-prometheus-stack brings. */
export function operatorTypes(): readonly string[] {
  return read(join(directoryOf(CRDS), 'example/prometheus-operator-crd'), /^monitoring\..*\.yaml$/);
}

/** How kwok lets nodes and pods come up and go away, as one YAML. */
export function kwokStages(): string {
  const stages = join(directoryOf(KWOK), 'kustomize/stage');
  return [
    ...read(join(stages, 'node/fast'), /^node-.*\.yaml$/),
    ...read(join(stages, 'pod/fast'), /^pod-.*\.yaml$/),
  ].join('\n---\n');
}

function read(directory: string, name: RegExp): readonly string[] {
  return readdirSync(directory)
    .filter((each) => name.test(each))
    .toSorted()
    .map((each) => readFileSync(join(directory, each), 'utf8'));
}

/** Downloads the module where it is not there yet. Throws what Go says. */
function directoryOf({ beside, module }: typeof CRDS): string {
  const go = Bun.spawnSync(['go', 'mod', 'download', '-json', module], { cwd: beside });
  const said = go.stdout.toString();
  if (!go.success) throw new Error(`${module}: ${said}${go.stderr.toString()}`);
  return (JSON.parse(said) as { readonly Dir: string }).Dir;
}
