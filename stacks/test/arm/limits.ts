/** What Azure refuses although each property alone is of its type: ranges, and properties that must fit each other. */
import { containerAppFaults } from './container-app.ts';
import { durationMinutes } from './duration.ts';
import { at, shown } from './fault.ts';
import type { ResourceType } from './mappers.ts';
import { wholeFaults } from './range.ts';

type Body = Readonly<Record<string, unknown>>;

const GLOBAL = /^global$/i;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const LIMITS: Readonly<Partial<Record<ResourceType, (body: Body) => readonly string[]>>> = {
  'app:ContainerApp': containerAppFaults,
  'cognitiveservices:Account': accountFaults,
  'authorization:RoleAssignment': roleAssignmentFaults,
  'operationalinsights:Workspace': workspaceFaults,
  'monitor:MetricAlert': metricAlertFaults,
};

export function limitFaults(type: ResourceType, body: Body): readonly string[] {
  return LIMITS[type]?.(body) ?? [];
}

function accountFaults(body: Body): readonly string[] {
  const subdomain = at(body, 'properties', 'customSubDomainName');
  return [
    ...(subdomain === undefined || /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/.test(String(subdomain))
      ? []
      : [
          `properties.customSubDomainName is ${shown(subdomain)}, and Azure takes 2 to 64 lower-case letters, digits and hyphens, no hyphen first or last`,
        ]),
    ...(at(body, 'properties', 'allowProjectManagement') === true && body['identity'] === undefined
      ? ['identity is missing, and an account that manages projects needs one']
      : []),
  ];
}

function roleAssignmentFaults(body: Body): readonly string[] {
  const { principalId, roleDefinitionId, condition, conditionVersion } = body;
  const role = String(roleDefinitionId).split('/').at(-1) ?? '';
  return [
    ...(GUID.test(String(principalId))
      ? []
      : [`principalId is ${shown(principalId)}, and Azure takes a GUID`]),
    ...(/\/providers\/Microsoft\.Authorization\/roleDefinitions\/[^/]+$/i.test(
      String(roleDefinitionId),
    ) && GUID.test(role)
      ? []
      : [`roleDefinitionId is ${shown(roleDefinitionId)}, and no id of a role`]),
    ...((condition === undefined) === (conditionVersion === undefined)
      ? []
      : ['condition and conditionVersion go together']),
  ];
}

/** Days that a workspace keeps data; the tier PerGB2018 keeps 30 or more. */
function workspaceFaults({ retentionInDays, workspaceCapping }: Body): readonly string[] {
  const quota = at(workspaceCapping, 'dailyQuotaGb');
  return [
    ...wholeFaults('retentionInDays', retentionInDays, 30, 730),
    ...(quota === undefined || quota === -1 || (typeof quota === 'number' && quota > 0)
      ? []
      : [`workspaceCapping.dailyQuotaGb is ${shown(quota)}, and Azure takes -1 or more than 0`]),
  ];
}

const FREQUENCIES = ['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H'];
const WINDOWS = [...FREQUENCIES, 'PT6H', 'PT12H', 'P1D'];

function metricAlertFaults(body: Body): readonly string[] {
  const frequency = String(body['evaluationFrequency']);
  const window = String(body['windowSize']);
  const [often, long] = [durationMinutes(frequency), durationMinutes(window)];
  return [
    ...wholeFaults('severity', body['severity'], 0, 4),
    ...oneOf('evaluationFrequency', frequency, FREQUENCIES),
    ...oneOf('windowSize', window, WINDOWS),
    ...(often !== null && long !== null && often > long
      ? [`evaluationFrequency is ${frequency}, and longer than windowSize, ${window}`]
      : []),
    ...(GLOBAL.test(String(body['location']))
      ? []
      : [`location is ${shown(body['location'])}, and metric alerts are global`]),
  ];
}

function oneOf(path: string, value: string, values: readonly string[]): readonly string[] {
  return values.includes(value)
    ? []
    : [`${path} is ${shown(value)}, and Azure takes one of ${values.join(', ')}`];
}
