/** Stack `local` with an autoscaler, keys and an engine on Azure, under the real Pulumi engine on a real API server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS_DIRECTORY, KEYS_FILE_NAME } from '../../lib/container.ts';
import { LOCAL_CASES } from '../cases.ts';
import type { PulumiStack } from '../engine/engine.ts';
import { at, listAt, textAt } from '../engine/values.ts';
import type { ControlPlane } from './control-plane.ts';
import { startLocalStack } from './local-stack.ts';
import type { LocalStack } from './local-stack.ts';
import { condition } from './kube-api.ts';
import type { KubeObject } from './kube-api.ts';
import { eventually } from './processes.ts';

const { config, envFile } = LOCAL_CASES.full;
const CONFIG = {
  ...config,
  // Of the repository's own `.env` nothing may be needed.
  'stt:env': JSON.stringify({
    STT_AZURE_SPEECH_RESOURCE_NAME: envFile.STT_AZURE_SPEECH_RESOURCE_NAME,
  }),
};
const NEXT = { 'stt:image': 'localhost:5000/stt:next' };
const DEPLOYMENT = named('apps/v1', 'Deployment');
const AUTOSCALER = named('autoscaling/v2', 'HorizontalPodAutoscaler');
const SCALE = '/apis/apps/v1/namespaces/stt/deployments/stt/scale';
const SCALED = 4;

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

function named(apiVersion: string, kind: string): KubeObject {
  return { apiVersion, kind, metadata: { name: 'stt', namespace: 'stt' } };
}

async function up(changed: Readonly<Record<string, string>> = {}): Promise<string> {
  stack.configure({ ...CONFIG, ...changed });
  return stack.pulumi('up', '-s', 'local', '--yes', '--skip-preview');
}

async function refresh(): Promise<string> {
  return stack.pulumi('refresh', '-s', 'local', '--yes', '--skip-preview');
}

async function object(of: KubeObject): Promise<KubeObject> {
  const there = await cluster.api.get(of);
  if (there === null) throw new Error(`There is no ${textAt(of, 'kind')}.`);
  return there;
}

/** Those that stay. */
async function pods(): Promise<readonly KubeObject[]> {
  const all = await cluster.api.list('/api/v1/namespaces/stt/pods');
  return all.filter((pod) => at(pod, 'metadata.deletionTimestamp') === undefined);
}

/** What an autoscaler does, and whoever types `kubectl scale`. */
async function scaleTo(replicas: number): Promise<void> {
  const { metadata } = await cluster.api.call('GET', SCALE);
  const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata, spec: { replicas } };
  await cluster.api.call('PUT', SCALE, JSON.stringify(scale));
}

describe('the stack with an autoscaler, keys and an engine on Azure', () => {
  it('comes up with a pod that is ready, and with its keys where the service looks for them', async () => {
    expect(await up()).toMatch(/\+ \d+ created/);
    const [pod, ...others] = await pods();
    expect(others).toEqual([]);
    expect(condition(pod ?? {}, 'Ready')).toBeDefined();
    const [container] = listAt(pod, 'spec.containers');
    const mount = listAt(container, 'volumeMounts').find(
      ({ mountPath }) => mountPath === KEYS_DIRECTORY,
    );
    expect(mount).toMatchObject({ readOnly: true });
    const volume = listAt(pod, 'spec.volumes').find(({ name }) => name === mount?.['name']);
    const secret = await object({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: textAt(volume, 'secret.secretName'), namespace: 'stt' },
    });
    const keys = Buffer.from(textAt(secret, `data.${KEYS_FILE_NAME}`), 'base64').toString();
    expect(keys).toBe(config['stt:apiKeys']);
  });

  it('has an autoscaler that finds the Deployment', async () => {
    const autoscaler = await eventually('the autoscaler has read the scale', async () => {
      const there = await object(AUTOSCALER);
      return condition(there, 'AbleToScale') === undefined ? null : there;
    });
    expect(condition(autoscaler, 'AbleToScale')).toMatchObject({ reason: 'SucceededGetScale' });
    expect(at(autoscaler, 'status.currentReplicas')).toBe(1);
    expect(at(autoscaler, 'spec.maxReplicas')).toBe(Number(config['stt:maxReplicas']));
  });

  it('keeps as many pods as the autoscaler has made of them', async () => {
    await scaleTo(SCALED);
    expect(await up()).not.toMatch(/created|updated|replaced|deleted/);
    expect(at(await object(DEPLOYMENT), 'spec.replicas')).toBe(SCALED);
    // A rollout goes over all of them.
    expect(await up(NEXT)).toMatch(/~ 1 updated/);
    expect(at(await object(DEPLOYMENT), 'spec.replicas')).toBe(SCALED);
    const images = (await pods()).map((pod) => textAt(listAt(pod, 'spec.containers')[0], 'image'));
    expect(images).toEqual(Array.from({ length: SCALED }, () => NEXT['stt:image']));
  });

  it('says of a refresh that nothing changed, and of one after a change by hand that something did', async () => {
    expect(await refresh()).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    expect(at(await object(DEPLOYMENT), 'spec.replicas')).toBe(SCALED);
    const { metadata, spec, ...rest } = await object(AUTOSCALER);
    const path = '/apis/autoscaling/v2/namespaces/stt/horizontalpodautoscalers/stt';
    const byHand = { ...rest, metadata, spec: { ...(spec as object), maxReplicas: 9 } };
    await cluster.api.call('PUT', path, JSON.stringify(byHand));
    expect(await refresh()).toMatch(/~ 1 updated/);
  });

  it('takes the number of pods over where it is told one, and the autoscaler goes', async () => {
    await up({ ...NEXT, 'stt:replicas': '2' });
    expect(at(await object(DEPLOYMENT), 'spec.replicas')).toBe(2);
    expect(await cluster.api.get(AUTOSCALER)).toBeNull();
  });
});
