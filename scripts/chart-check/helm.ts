/** Helm, as far as a chart is looked at: who it says it is, and what it renders to. It is asked of no cluster. */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CHART, CHART_VALUES, RELEASE } from '../../stacks/local/chart-values.ts';
import { MONITORING_NAMESPACE } from '../../stacks/local/place.ts';
import { run } from '../verbs/programs.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';

/** What the API server of the tests is. */
const KUBERNETES = '1.36.3';
const LIMIT_MS = 120_000;
/** Types of the operator alone are four of them. */
const MOST_MIB = 64;
const MIB = 1024 * 1024;
const SHOWN_LINES = 5;

export interface Helm {
  /** The text of Chart.yaml. Rejects with `Refusal`. */
  chart(path: string): Promise<string>;
  /** YAML, documents apart, with the stack's values and the types of the chart; without its tests. Rejects with `Refusal`. */
  template(path: string): Promise<string>;
}

/** Found or built; `directory` is empty, and whoever gives it takes it away. Rejects with `Refusal`. */
export async function findHelm({ root, env }: Session, directory: string): Promise<Helm> {
  const script = join(root, 'scripts/tools/find-tool.sh');
  const found = await run(script, ['helm'], { cwd: root, env });
  if (found.exitCode !== 0) throw new Refusal(found.stderr.trim());
  const program = found.stdout.trim();
  const home = join(directory, 'home');
  mkdirSync(home);
  const helm = async (parts: readonly string[], values = ''): Promise<string> => {
    const [out, err] = ['out', 'err'].map((name) => join(directory, name)) as [string, string];
    const child = Bun.spawn([program, ...parts], {
      cwd: directory,
      // Nothing of this machine's Helm: no plugins, no repositories, no cluster.
      env: { PATH: env['PATH'], HOME: home, KUBECONFIG: join(home, 'none') },
      stdin: Buffer.from(values),
      stdout: Bun.file(out),
      stderr: Bun.file(err),
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    await child.exited;
    if (child.exitCode !== 0) {
      const why =
        child.signalCode === null ? readEnd(err) : `it took longer than ${LIMIT_MS / 1000} s`;
      throw new Refusal(`helm ${parts[0]} failed: ${why}`);
    }
    const bytes = statSync(out).size;
    if (bytes > MOST_MIB * MIB) {
      throw new Refusal(
        `The chart renders to ${Math.ceil(bytes / MIB)} MiB, and ${MOST_MIB} are the most.`,
      );
    }
    return readFileSync(out, 'utf8');
  };
  return {
    chart: (path) => helm(['show', 'chart', path]),
    template: (path) =>
      helm(
        [
          'template',
          RELEASE,
          path,
          `--namespace=${MONITORING_NAMESPACE}`,
          '--values=-',
          `--kube-version=${KUBERNETES}`,
          '--include-crds',
          '--skip-tests',
        ],
        JSON.stringify(CHART_VALUES),
      ),
  };
}

/** What to type to have the chart on this machine. */
export const PULL = `helm pull ${CHART.name} --repo ${CHART.repository} --version ${CHART.version}, then make chart-check CHART=${CHART.name}-${CHART.version}.tgz`;

function readEnd(file: string): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return text.split('\n').slice(-SHOWN_LINES).join('\n');
}
