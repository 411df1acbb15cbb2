/** `make deploy-local` and `destroy-local` with a real Pulumi and a real API server: only Minikube and images are stood in for. */
import { copyFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startControlPlane } from '../../stacks/test/cluster/control-plane.ts';
import type { ControlPlane } from '../../stacks/test/cluster/control-plane.ts';
import type { KubeObject } from '../../stacks/test/cluster/kube-api.ts';
import { PULUMI, startStack } from '../../stacks/test/engine/engine.ts';
import type { PulumiStack } from '../../stacks/test/engine/engine.ts';
import { at, listAt, textAt } from '../../stacks/test/engine/values.ts';
import type { ImageSource } from '../verbs/image-source.ts';
import type { Session } from '../verbs/session.ts';
import { deploy } from './deploy.ts';
import { destroy } from './destroy.ts';
import { readStackConfig } from './stack.ts';
import { createWorld, IMAGE, SOURCE, typing } from './testing/world.ts';
import type { World } from './testing/world.ts';

const CLUSTER = join(import.meta.dirname, '../../stacks/test/cluster');
const NEXT_TAG = 'sha-fedcba9876543210';
const NEXT: ImageSource = {
  tag: () => NEXT_TAG,
  stage(directory) {
    writeFileSync(join(directory, 'staged'), '');
    return NEXT_TAG;
  },
};

let cluster: ControlPlane;
let world: World;
let stack: PulumiStack;
let session: Session;
/** Leads to the cluster of the moment, as a kubeconfig does. */
let access: string;

beforeAll(async () => {
  cluster = await startControlPlane();
});
afterAll(() => cluster?.stop());

beforeEach(async () => {
  world = createWorld();
  access = join(world.state, 'access.json');
  copyFileSync(cluster.accessFile, access);
  const kubectl = `exec '${process.execPath}' --no-env-file '${join(CLUSTER, 'kubectl.ts')}' '${access}' "$@"`;
  world.program(
    'kubectl',
    { match: '--context minikube get namespace', sh: kubectl },
    { match: '--context minikube rollout status', sh: kubectl },
  );
  stack = await startStack('local', {
    packages: ['kubernetes', 'random'],
    script: join(CLUSTER, 'provider.ts'),
    args: [access],
  });
  const bin = join(stack.project, '.bin');
  await Bun.write(join(bin, '.keep'), '');
  symlinkSync(PULUMI, join(bin, 'pulumi'));
  session = {
    ...world.session({ yes: true }),
    root: stack.project,
    env: { ...stack.env, PATH: `${bin}:${world.bin}:${stack.env['PATH']}` },
  };
});
afterEach(async () => {
  world.remove();
  await stack?.stop();
});

/** What was said since the last time. */
let heard = 0;
function saidNow(): string {
  const said = world.said().slice(heard);
  heard += said.length;
  return said;
}

async function deployment(): Promise<KubeObject> {
  const metadata = { name: 'stt', namespace: 'stt' };
  return (await cluster.api.get({ apiVersion: 'apps/v1', kind: 'Deployment', metadata })) ?? {};
}

async function images(): Promise<readonly string[]> {
  const pods = await cluster.api.list('/api/v1/namespaces/stt/pods');
  return pods
    .filter((pod) => at(pod, 'metadata.deletionTimestamp') === undefined)
    .map((pod) => textAt(listAt(pod, 'spec.containers')[0], 'image'));
}

/** Of Grafana, as the state and as the cluster have it. */
async function passwords(): Promise<readonly string[]> {
  const metadata = { name: 'grafana-admin', namespace: 'monitoring' };
  const secret = await cluster.api.get({ apiVersion: 'v1', kind: 'Secret', metadata });
  const output = await stack.pulumi('stack', 'output', 'grafanaPassword', '--show-secrets');
  const password = Buffer.from(textAt(at(secret, 'data'), 'admin-password'), 'base64');
  return [output.trim(), password.toString()];
}

async function makeClusterAnew(): Promise<void> {
  await cluster.stop();
  cluster = await startControlPlane();
  copyFileSync(cluster.accessFile, access);
  for (const gone of ['cluster', 'images']) rmSync(join(world.state, gone), { force: true });
}

it('deploy, deploy again, deploy a change, deploy into a cluster made anew, and take everything away', async () => {
  await deploy(session, typing(), SOURCE);
  expect(saidNow()).toContain(`${IMAGE} runs`);
  expect(await images()).toEqual([IMAGE]);
  expect(readStackConfig(stack.project)).toMatchObject({ 'stt:image': IMAGE });

  // What runs already is left alone.
  const before = await deployment();
  await deploy(session, typing(), SOURCE);
  expect(saidNow()).toContain('nothing to deploy');
  expect(await deployment()).toEqual(before);
  expect(world.callsOf('minikube', 'image build')).toHaveLength(1);

  // A change of the code is another image, and what was typed is kept.
  await deploy(session, typing({ replicas: '2' }), NEXT);
  expect(saidNow()).toMatch(/~ \d updated/);
  expect(await images()).toEqual([`stt:${NEXT_TAG}`, `stt:${NEXT_TAG}`]);
  expect(world.callsOf('minikube', 'image build')).toHaveLength(2);

  // The state tells of a cluster that is no more.
  const [password] = await passwords();
  await makeClusterAnew();
  await deploy(session, typing(), NEXT);
  expect(saidNow()).toContain('The cluster has nothing of what the state says');
  expect(world.callsOf('minikube', 'start')).toHaveLength(1);
  expect(await images()).toEqual([`stt:${NEXT_TAG}`, `stt:${NEXT_TAG}`]);
  expect(await passwords()).toEqual([password, password]);
  await deploy(session, typing(), NEXT);
  expect(saidNow()).toContain('nothing to deploy');

  await destroy(session, false);
  expect(saidNow()).toContain('Everything that the stack made is gone');
  const namespaces = await cluster.api.list('/api/v1/namespaces');
  const names = namespaces.map((each) => textAt(each, 'metadata.name'));
  expect(names.filter((name) => ['stt', 'monitoring'].includes(name))).toEqual([]);
  await expect(destroy(session, false)).rejects.toThrow('the stack has no resources');
}, 300_000);
