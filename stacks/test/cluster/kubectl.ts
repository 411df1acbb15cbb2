/** As much of kubectl as the verbs need to go on, on the cluster whose access file comes before its own arguments. */
import { readFileSync } from 'node:fs';
import { KubeApi } from './kube-api.ts';
import type { Access } from './kube-api.ts';
import { rolledOut } from './rollout.ts';

const [file = '', ...parts] = process.argv.slice(2);
const api = new KubeApi(JSON.parse(readFileSync(file, 'utf8')) as Access);
const said = parts.join(' ');

async function namespace(name = ''): Promise<string> {
  const there = await api.get({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return there === null ? '' : `namespace/${name}\n`;
}

async function rollout(name = '', namespace = ''): Promise<string> {
  const metadata = { name, namespace };
  await rolledOut(api, { apiVersion: 'apps/v1', kind: 'Deployment', metadata });
  return `deployment "${name}" successfully rolled out\n`;
}

async function answer(): Promise<string> {
  const asked = /get namespace (\S+) --ignore-not-found -o name$/.exec(said);
  if (asked !== null) return namespace(asked[1]);
  const awaited = /rollout status deployment\/(\S+) -n (\S+) --timeout=\S+$/.exec(said);
  if (awaited !== null) return rollout(awaited[1], awaited[2]);
  throw new Error(`kubectl ${said} is not known here`);
}

process.stdout.write(await answer());
