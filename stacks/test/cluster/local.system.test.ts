/** Stack `local` under the real Pulumi engine, on a real API server with real controllers and pods that kwok plays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PulumiStack } from '../engine/engine.ts';
import { at, listAt, textAt } from '../engine/values.ts';
import type { ControlPlane } from './control-plane.ts';
import type { KubeObject } from './kube-api.ts';
import { eventually } from './processes.ts';
import { startLocalStack } from './local-stack.ts';
import type { LocalStack } from './local-stack.ts';
import { rolledOut } from './rollout.ts';

const CONFIG = { 'stt:image': 'stt:sha-0123456789abcdef' };
const NEXT = { 'stt:image': 'stt:sha-fedcba9876543210' };
const DEPLOYMENT = named('apps/v1', 'Deployment', 'stt');

/** Kinds of which none may be left in our namespaces. */
const KINDS = [
  '/api/v1/pods',
  '/api/v1/services',
  '/api/v1/secrets',
  '/api/v1/configmaps',
  '/api/v1/serviceaccounts',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/replicasets',
  '/apis/policy/v1/poddisruptionbudgets',
  '/apis/networking.k8s.io/v1/networkpolicies',
  '/apis/monitoring.coreos.com/v1/servicemonitors',
  '/apis/monitoring.coreos.com/v1/prometheusrules',
];

let cluster: ControlPlane;
let stack: PulumiStack;
let local: LocalStack;

beforeAll(async () => {
  local = await startLocalStack();
  ({ cluster, stack } = local);
});

afterAll(async () => {
  await local?.stop();
});

function named(apiVersion: string, kind: string, name: string): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: 'stt' } };
}

async function up(config: Readonly<Record<string, string>>): Promise<string> {
  stack.configure(config);
  return stack.pulumi('up', '-s', 'local', '--yes', '--skip-preview');
}

/** Of our two namespaces, as kind, name and the version that every write changes; status counts as one. */
async function ours(): Promise<readonly string[]> {
  const lists = await Promise.all(KINDS.map(async (path) => cluster.api.list(path)));
  return lists.flatMap((list, index) =>
    list
      .filter((each) => ['stt', 'monitoring'].includes(textAt(each, 'metadata.namespace')))
      .map(
        ({ metadata }) =>
          `${KINDS[index]} ${textAt(metadata, 'name')} ${textAt(metadata, 'resourceVersion')}`,
      ),
  );
}

async function deployment(): Promise<KubeObject> {
  return (await cluster.api.get(DEPLOYMENT)) ?? {};
}

async function settings(): Promise<readonly KubeObject[]> {
  const maps = await cluster.api.list('/api/v1/namespaces/stt/configmaps');
  return maps.filter((each) => textAt(each, 'metadata.name').startsWith('stt-settings-'));
}

/** ConfigMaps that have come and gone since the last change of that one, by the beginning of their names. */
async function sinceThen(object: KubeObject, beginning: string) {
  const path = '/api/v1/namespaces/stt/configmaps';
  const events = await cluster.api.events(path, textAt(object, 'metadata.resourceVersion'));
  return events.filter(
    ({ type, object }) =>
      type !== 'MODIFIED' && textAt(object, 'metadata.name').startsWith(beginning),
  );
}

/** Counts up with every change in the cluster. */
function versionOf(object: KubeObject | undefined): number {
  return Number(textAt(object, 'metadata.resourceVersion'));
}

async function images(): Promise<readonly string[]> {
  const pods = await cluster.api.list('/api/v1/namespaces/stt/pods');
  return pods
    .filter((pod) => at(pod, 'metadata.deletionTimestamp') === undefined)
    .flatMap((pod) => listAt(pod, 'spec.containers').map((each) => textAt(each, 'image')));
}

describe('the stack in a cluster', () => {
  it('comes up: the pod is ready, and both Services lead to it', async () => {
    const said = await up(CONFIG);
    expect(said).toMatch(/\+ \d+ created/);
    expect(await images()).toEqual([CONFIG['stt:image']]);
    const slices = await cluster.api.list(
      '/apis/discovery.k8s.io/v1/namespaces/stt/endpointslices',
    );
    const ports = slices
      .filter((slice) => listAt(slice, 'endpoints').some((each) => at(each, 'conditions.ready')))
      .flatMap((slice) => listAt(slice, 'ports').map(({ port }) => port));
    expect(ports.toSorted()).toEqual([8000, 9464]);
  });

  it('changes nothing the second time', async () => {
    const before = await ours();
    expect(before.length).toBeGreaterThan(10);
    expect(await up(CONFIG)).not.toMatch(/created|updated|replaced|deleted/);
    expect(await ours()).toEqual(before);
  });

  it('rolls the one Deployment for a new image', async () => {
    expect(await up(NEXT)).toMatch(/~ 1 updated/);
    expect(await images()).toEqual([NEXT['stt:image']]);
  });

  it('rolls it for a changed setting as well, which a ConfigMap alone would not do', async () => {
    const generation = at(await deployment(), 'metadata.generation');
    const [before] = await settings();
    await up({ ...NEXT, 'stt:env': '{"LOG_LEVEL":"debug"}' });
    const [map, ...others] = await settings();
    expect(textAt(map, 'data.LOG_LEVEL')).toBe('debug');
    expect(others).toEqual([]);
    const now = await deployment();
    expect(at(now, 'metadata.generation')).toBe(Number(generation) + 1);
    // Pods of the version before had theirs until none of them was left.
    const [added, deleted, ...more] = await sinceThen(before ?? {}, 'stt-settings-');
    expect([added?.type, deleted?.type, more]).toEqual(['ADDED', 'DELETED', []]);
    expect(versionOf(deleted?.object)).toBeGreaterThan(versionOf(now));
  });

  it('runs in a namespace that refuses the same pods as root', async () => {
    const { spec } = await deployment();
    const template = (spec as { readonly template: KubeObject }).template;
    const podSpec = template['spec'] as KubeObject;
    const asRoot = {
      ...podSpec,
      securityContext: { ...(podSpec['securityContext'] as object), runAsUser: 0 },
    };
    const labels = { app: 'root' };
    const pods = (podsSpec: KubeObject, name: string) => ({
      ...named('apps/v1', 'Deployment', name),
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podsSpec },
      },
    });
    const good = pods(podSpec, 'as-ours');
    const bad = pods(asRoot, 'as-root');
    try {
      await rolledOut(cluster.api, await cluster.api.apply(good));
      await expect(rolledOut(cluster.api, await cluster.api.apply(bad))).rejects.toThrow(
        /violates PodSecurity "restricted:latest".*runAsUser=0/,
      );
    } finally {
      await Promise.all([cluster.api.delete(good), cluster.api.delete(bad)]);
    }
  });

  it('lets in the pod of the load test that docs/load-testing.md describes', async () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/load-testing.md'), 'utf8');
    const job = Bun.YAML.parse(
      /apiVersion: batch[^]*?(?=\nEND\n)/.exec(docs)?.[0] ?? '',
    ) as KubeObject;
    const inOurs = cluster.api.within('stt');
    await inOurs.apply(job);
    try {
      const pod = await eventually('the pod of the Job is there', async () => {
        const pods = await cluster.api.list(
          '/api/v1/namespaces/stt/pods?labelSelector=job-name%3Dstt-load',
        );
        return pods[0] ?? null;
      });
      expect(listAt(pod, 'spec.containers')[0]).toMatchObject({ image: 'grafana/k6:2.2.0' });
    } finally {
      await inOurs.delete(job);
    }
  });

  it('leaves nothing when it is destroyed', async () => {
    await stack.pulumi('destroy', '-s', 'local', '--yes', '--skip-preview');
    expect(await ours()).toEqual([]);
    const namespaces = await cluster.api.list('/api/v1/namespaces');
    const names = namespaces.map((each) => textAt(each, 'metadata.name'));
    expect(names).not.toContain('stt');
    expect(names).not.toContain('monitoring');
  });
});
