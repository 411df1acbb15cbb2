import { describe, expect, it } from 'vitest';
import { AZURE_POLICIES } from '../policies/azure.ts';
import type { PolicyResource } from '../policies/resources.ts';
import { set } from './broken.ts';
import type { Change } from './broken.ts';
import { AZURE_CASES } from './cases.ts';
import { DEVELOPER_ID, recordAzure } from './record-azure.ts';
import type { Recording } from './record.ts';

const recordings = new Map<string, Recording>();
for (const [name, config] of Object.entries(AZURE_CASES)) {
  recordings.set(name, await recordAzure(config));
}
const named = (name: keyof typeof AZURE_CASES) => recordings.get(name) as Recording;
const typesOf = ({ resources }: Recording) => [...new Set(resources.map(({ type }) => type))];

/** A dump that a person reads: rules by name alone, as dashboards/dist has them whole. */
function readable({ resources, outputs }: Recording): string {
  const shown = resources.map(({ type, name, inputs }) => ({
    type,
    name,
    inputs:
      type === 'azure-native:alertsmanagement:PrometheusRuleGroup'
        ? { ...inputs, rules: (inputs['rules'] as Record<string, string>[]).map(nameOfRule) }
        : inputs,
  }));
  return `${JSON.stringify({ outputs, resources: shown }, null, 2)}\n`;
}

function nameOfRule(rule: Readonly<Record<string, string>>): string {
  return rule['record'] ?? `${rule['alert']} for ${rule['for']}`;
}

describe('stack azure', () => {
  it.each([...recordings])('asks for what golden/azure-%s.json says', async (name, recording) => {
    await expect(readable(recording)).toMatchFileSnapshot(`golden/azure-${name}.json`);
  });

  it('needs no more than a region, and makes the app only once there is an image', () => {
    expect(typesOf(named('minimal'))).not.toContain('azure-native:app:ContainerApp');
    expect(typesOf(named('deployed'))).toContain('azure-native:app:ContainerApp');
    expect(named('minimal').outputs['url']).toBe('');
    expect(named('deployed').outputs['url']).toMatch(/^https:\/\//);
  });

  it('gives the one who runs it their roles, unless the configuration names another', () => {
    const principals = (recording: Recording) =>
      recording.resources
        .filter(({ name }) => name.startsWith('developer-'))
        .map(({ inputs }) => [inputs['principalId'], inputs['principalType']]);
    expect(new Set(principals(named('minimal')).flat())).toEqual(new Set([DEVELOPER_ID, 'User']));
    expect(new Set(principals(named('full')).flat())).toEqual(
      new Set([AZURE_CASES.full['stt:principalId'], 'ServicePrincipal']),
    );
  });

  it('adds Prometheus and Grafana only where asked', () => {
    expect(typesOf(named('deployed'))).not.toContain('azure-native:dashboard:Grafana');
    expect(typesOf(named('full'))).toEqual(
      expect.arrayContaining([
        'azure-native:dashboard:Grafana',
        'azure-native:monitor:AzureMonitorWorkspace',
        'azure-native:alertsmanagement:PrometheusRuleGroup',
      ]),
    );
  });

  it('makes a new revision when a key changes, although keys are no part of the template', async () => {
    const hash = (recording: Recording) =>
      /"CONFIG_HASH","value":"(\w+)"/.exec(JSON.stringify(recording))?.[1];
    const other = await recordAzure({
      ...AZURE_CASES.deployed,
      'stt:apiKeys': `other:${'b'.repeat(64)}`,
    });
    expect(hash(other)).toMatch(/^\w{12}$/);
    expect(hash(other)).not.toBe(hash(named('deployed')));
  });
});

const setVariable =
  (name: string, value: string): Change =>
  (resource) =>
    JSON.parse(
      JSON.stringify(resource).replace(
        new RegExp(`("name":"${name}","value":)"[^"]*"`),
        `$1${JSON.stringify(value)}`,
      ),
    ) as PolicyResource;

/** For each policy, changes that break it: type, change. */
const BROKEN: Record<keyof typeof AZURE_POLICIES, readonly (readonly [string, Change])[]> = {
  'nobody can use the account with a key': [
    ['cognitiveservices:Account', set(['properties', 'disableLocalAuth'], false)],
  ],
  'nobody can use the registry with a password or without a name': [
    ['containerregistry:Registry', set(['adminUserEnabled'], true)],
    ['containerregistry:Registry', set(['anonymousPullEnabled'], true)],
  ],
  'logs need no key': [
    ['operationalinsights:Workspace', set(['features'], {})],
    ['app:ManagedEnvironment', set(['appLogsConfiguration', 'destination'], 'log-analytics')],
    [
      'app:ManagedEnvironment',
      set(['appLogsConfiguration', 'logAnalyticsConfiguration'], { sharedKey: 'x' }),
    ],
  ],
  'Grafana gives out no keys': [['dashboard:Grafana', set(['properties', 'apiKey'], 'Enabled')]],
  'roles are the few that are known, for one resource each, with stable names': [
    [
      'authorization:RoleAssignment',
      set(['roleDefinitionId'], '/x/8e3af657-a8ff-443c-a75c-2fe8c4bcb635'),
    ],
    ['authorization:RoleAssignment', set(['scope'], '/subscriptions/x')],
    ['authorization:RoleAssignment', set(['roleAssignmentName'], 'mine')],
    ['authorization:RoleAssignment', set(['principalType'], undefined)],
  ],
  'the ingress leads to the API alone, over TLS': [
    ['app:ContainerApp', set(['configuration', 'ingress', 'targetPort'], 9464)],
    [
      'app:ContainerApp',
      set(['configuration', 'ingress', 'additionalPortMappings'], [{ targetPort: 9464 }]),
    ],
    ['app:ContainerApp', set(['configuration', 'ingress', 'allowInsecure'], true)],
    ['app:ContainerApp', setVariable('METRICS_PORT', '')],
  ],
  'requests need a key, and only hashes of keys leave': [
    ['app:ContainerApp', setVariable('STT_API_KEYS_FILE', '')],
    ['app:ContainerApp', set(['configuration', 'secrets', 0, 'value'], '')],
    ['app:ContainerApp', setVariable('CONFIG_HASH', `stt_${'x'.repeat(43)}`)],
  ],
  'the app is its own identity and no other': [
    ['app:ContainerApp', set(['identity', 'type'], 'SystemAssigned')],
    ['app:ContainerApp', set(['configuration', 'registries', 0, 'identity'], undefined)],
    ['app:ContainerApp', setVariable('AZURE_CLIENT_ID', '')],
  ],
  'answers come before the ingress gives up, and before the app ends': [
    ['app:ContainerApp', setVariable('STT_REQUEST_BUDGET', '240')],
    ['app:ContainerApp', setVariable('SHUTDOWN_GRACE', '30')],
    ['app:ContainerApp', set(['template', 'terminationGracePeriodSeconds'], 30)],
  ],
  'probes ask what the service answers without a key': [
    ['app:ContainerApp', set(['template', 'containers', 0, 'probes', 1, 'httpGet', 'path'], '/')],
    ['app:ContainerApp', set(['template', 'containers', 0, 'probes'], [])],
  ],
  'a replica gets what its pool can work on': [
    ['app:ContainerApp', setVariable('PROCESS_POOL_SIZE', '3')],
  ],
  'every alert reaches the action group': [
    ['monitor:MetricAlert', set(['actions'], [])],
    ['monitor:ScheduledQueryRule', set(['actions', 'actionGroups'], [])],
    ['alertsmanagement:PrometheusRuleGroup', set(['rules', 0, 'actions'], [])],
  ],
  'everything that takes tags has ours': [
    ['resources:ResourceGroup', set(['tags'], {})],
    ['app:ContainerApp', set(['tags'], undefined)],
  ],
};

describe.each(Object.entries(AZURE_POLICIES))('policy: %s', (title, policy) => {
  it.each([...recordings])('holds for %s', (_name, { resources }) => {
    expect(policy(resources)).toEqual([]);
  });

  it.each(BROKEN[title as keyof typeof AZURE_POLICIES])('bites in %s (%#)', (type, change) => {
    const broken = named('full').resources.map((resource) =>
      resource.type === `azure-native:${type}` ? change(resource) : resource,
    );
    expect(policy(broken)).not.toEqual([]);
  });
});
