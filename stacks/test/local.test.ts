import { describe, expect, it } from 'vitest';
import { LOCAL_POLICIES } from '../policies/local.ts';
import type { PolicyResource } from '../policies/resources.ts';
import { set } from './broken.ts';
import type { Change } from './broken.ts';
import { LOCAL_CASES } from './cases.ts';
import { recordLocal } from './record-local.ts';
import type { Recorded, Recording } from './record.ts';

const recordings = new Map<string, Recording>();
for (const [name, { config, envFile }] of Object.entries(LOCAL_CASES)) {
  recordings.set(name, await recordLocal(config, envFile));
}
const recorded = (name: keyof typeof LOCAL_CASES) => recordings.get(name) as Recording;

const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';
const RULES = 'kubernetes:monitoring.coreos.com/v1:PrometheusRule';

/** A dump that a person reads: boards by their size and rules by name, as dashboards/dist has them whole. */
function readable({ resources, outputs }: Recording): string {
  const shown = resources.map(({ type, name, inputs }) => ({
    type,
    name,
    inputs: name.startsWith('dashboard-') ? withoutBoard(inputs) : withoutRules(type, inputs),
  }));
  return `${JSON.stringify({ outputs, resources: shown }, null, 2)}\n`;
}

function withoutBoard(inputs: Recorded['inputs']): Recorded['inputs'] {
  return { ...inputs, data: Object.keys(inputs['data'] as object) };
}

function withoutRules(type: string, inputs: Recorded['inputs']): Recorded['inputs'] {
  if (type !== RULES) return inputs;
  const { groups } = inputs['spec'] as { groups: { name: string; rules: object[] }[] };
  return { ...inputs, spec: groups.map(({ name, rules }) => `${rules.length} rules of ${name}`) };
}

const find = (recording: Recording, type: string, name?: string) =>
  recording.resources.find((each) => each.type === type && (name ?? each.name) === each.name);

describe('stack local', () => {
  it.each([...recordings])('asks for what golden/local-%s.json says', async (name, recording) => {
    await expect(readable(recording)).toMatchFileSnapshot(`golden/local-${name}.json`);
  });

  it('brings Prometheus, Grafana, rules and boards, unless told not to', () => {
    const types = (recording: Recording) => recording.resources.map(({ type }) => type);
    expect(types(recorded('minimal'))).toContain('kubernetes:helm.sh/v3:Release');
    expect(types(recorded('minimal'))).toContain(RULES);
    expect(types(recorded('alone')).filter((type) => /helm|monitoring/.test(type))).toEqual([]);
  });

  it('leaves the number of pods to the autoscaler where there is one', () => {
    const replicas = (recording: Recording) =>
      (find(recording, DEPLOYMENT) as Recorded & { inputs: { spec: { replicas?: number } } }).inputs
        .spec.replicas;
    expect([replicas(recorded('alone')), replicas(recorded('full'))]).toEqual([3, undefined]);
    expect(
      find(recorded('full'), 'kubernetes:autoscaling/v2:HorizontalPodAutoscaler'),
    ).toBeDefined();
    expect(
      find(recorded('alone'), 'kubernetes:autoscaling/v2:HorizontalPodAutoscaler'),
    ).toBeUndefined();
  });

  it('takes from .env what the service reads and nothing else, and lets the configuration win', () => {
    const { inputs } = find(
      recorded('full'),
      'kubernetes:core/v1:ConfigMap',
      'settings',
    ) as Recorded;
    expect(inputs['data']).toMatchObject({
      STT_AZURE_SPEECH_RESOURCE_NAME: 'stt-speech-ab12cd',
      STT_LANGUAGES: 'en-US,de-DE',
      LOG_LEVEL: 'debug',
      PORT: '8000',
      STT_FAULTS: 'leak:260MB',
      STT_ALLOW_FAULTS: 'true',
    });
    expect(JSON.stringify(recorded('full').resources)).not.toContain('never to be seen');
  });

  it('makes new pods when a setting or a key changes, and leaves the old ones what they had', async () => {
    /** Of what the pods read, as they name it and as it is called. */
    const names = (recording: Recording) => {
      const { inputs } = find(recording, DEPLOYMENT) as Recorded;
      const named: readonly string[] =
        JSON.stringify(inputs).match(/stt-(settings|keys)-[0-9a-f]{16}/g) ?? [];
      const made = recording.resources.flatMap(({ inputs }) => {
        const { name } = (inputs['metadata'] ?? {}) as { name?: string };
        return name !== undefined && named.includes(name) ? name : [];
      });
      expect(made.toSorted()).toEqual(named.toSorted());
      return { settings: named[0], keys: named[1] };
    };
    const { config, envFile } = LOCAL_CASES.full;
    const before = names(recorded('full'));
    const changed = names(await recordLocal(config, { STT_LANGUAGES: 'fr-FR' }));
    const rekeyed = names(
      await recordLocal({ ...config, 'stt:apiKeys': `other:${'b'.repeat(64)}` }, envFile),
    );
    expect(changed.keys).toBe(before.keys);
    expect(rekeyed.settings).toBe(before.settings);
    expect(new Set([before.settings, before.keys, changed.settings, rekeyed.keys]).size).toBe(4);
  });
});

const CONTAINER = ['spec', 'template', 'spec', 'containers', 0] as const;
const POD = ['spec', 'template', 'spec'] as const;

/** For each policy, changes that break it: type, change. */
const BROKEN: Record<keyof typeof LOCAL_POLICIES, readonly (readonly [string, Change])[]> = {
  'pods are nobody and may become nobody else': [
    [DEPLOYMENT, set([...POD, 'securityContext', 'runAsNonRoot'], false)],
    [DEPLOYMENT, set([...POD, 'securityContext', 'runAsUser'], 0)],
    [DEPLOYMENT, set([...POD, 'securityContext', 'seccompProfile'], undefined)],
    [DEPLOYMENT, set([...POD, 'automountServiceAccountToken'], true)],
    [DEPLOYMENT, set([...CONTAINER, 'securityContext', 'allowPrivilegeEscalation'], true)],
    [DEPLOYMENT, set([...CONTAINER, 'securityContext', 'readOnlyRootFilesystem'], false)],
    [DEPLOYMENT, set([...CONTAINER, 'securityContext', 'capabilities'], {})],
  ],
  'the namespace of the service takes restricted pods alone': [
    ['kubernetes:core/v1:Namespace', set(['metadata', 'labels'], {})],
  ],
  'memory and cores have limits, and what is sure of them fits below': [
    [DEPLOYMENT, set([...CONTAINER, 'resources', 'limits', 'memory'], undefined)],
    [DEPLOYMENT, set([...CONTAINER, 'resources', 'limits', 'cpu'], undefined)],
    [DEPLOYMENT, set([...CONTAINER, 'resources', 'requests', 'memory'], '9000Mi')],
  ],
  'what is written lies in a volume with a cap': [
    [DEPLOYMENT, set([...POD, 'volumes', 0, 'emptyDir'], {})],
  ],
  'probes ask what the service answers without a key': [
    [DEPLOYMENT, set([...CONTAINER, 'startupProbe'], undefined)],
    [DEPLOYMENT, set([...CONTAINER, 'livenessProbe', 'httpGet', 'path'], '/')],
    [DEPLOYMENT, set([...CONTAINER, 'readinessProbe', 'httpGet', 'path'], '/healthz')],
  ],
  'a pod that goes has longer than its requests': [
    [DEPLOYMENT, set([...POD, 'terminationGracePeriodSeconds'], 30)],
  ],
  'settings hold no secret': [
    ['kubernetes:core/v1:ConfigMap', set(['data', 'AZURE_CLIENT_SECRET'], 'x')],
  ],
  'metrics are for Prometheus: no address from outside leads to them': [
    ['kubernetes:core/v1:Service', set(['spec', 'ports', 0, 'name'], 'metrics')],
    [
      'kubernetes:networking.k8s.io/v1:NetworkPolicy',
      set(['spec', 'ingress', 1, 'from'], undefined),
    ],
  ],
  'the job and container are called what boards ask for': [
    [DEPLOYMENT, set([...CONTAINER, 'name'], 'app')],
    ['kubernetes:core/v1:Service', set(['metadata', 'name'], 'other')],
  ],
};

describe.each(Object.entries(LOCAL_POLICIES))('policy: %s', (title, policy) => {
  it.each([...recordings])('holds for %s', (_name, { resources }) => {
    expect(policy(resources)).toEqual([]);
  });

  it.each(BROKEN[title as keyof typeof LOCAL_POLICIES])('bites in %s (%#)', (type, change) => {
    const broken: readonly PolicyResource[] = recorded('full').resources.map((resource) =>
      resource.type === type ? change(resource) : resource,
    );
    expect(policy(broken)).not.toEqual([]);
  });
});
