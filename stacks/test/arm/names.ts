/**
 * Microsoft's rules for names, after "Naming rules and restrictions for Azure resources" and, for types that page leaves
 * out, after the patterns in their published schemas.
 */
import { isRecord, join, shown } from './fault.ts';
import type { ResourceType } from './mappers.ts';

interface NameRule {
  /** The input that has the name. */
  readonly input: string;
  readonly pattern: RegExp;
  readonly says: string;
}

const ANY_GROUP = {
  input: 'resourceGroupName',
  pattern: /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u,
  says: '1 to 90 letters, digits, underscores, parentheses, hyphens and periods, no period last',
};
const FOUNDRY = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$/,
  says: '2 to 64 letters, digits, underscores, periods and hyphens, a letter or digit first',
};
const WORKSPACE = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$/,
  says: '4 to 63 letters, digits and hyphens, no hyphen first or last',
};
const ACCOUNT = { input: 'accountName', ...FOUNDRY };
const RULE = {
  input: 'ruleName',
  pattern: /^[^*#&+:<>?@%{}\\/]{0,259}[^*#&+:<>?@%{}\\/ .]$/,
  says: '1 to 260 characters without *#&+:<>?@%{}\\/ and with no space or period last',
};

export const NAMES: Readonly<Record<ResourceType, NameRule>> = {
  'resources:ResourceGroup': ANY_GROUP,
  'managedidentity:UserAssignedIdentity': {
    input: 'resourceName',
    pattern: /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$/,
    says: '3 to 128 letters, digits, hyphens and underscores, a letter or digit first',
  },
  'cognitiveservices:Account': ACCOUNT,
  'cognitiveservices:Project': { input: 'projectName', ...FOUNDRY },
  'authorization:RoleAssignment': {
    input: 'roleAssignmentName',
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    says: 'a GUID',
  },
  'containerregistry:Registry': {
    input: 'registryName',
    pattern: /^[a-zA-Z0-9]{5,50}$/,
    says: '5 to 50 letters and digits',
  },
  'operationalinsights:Workspace': { input: 'workspaceName', ...WORKSPACE },
  'monitor:DiagnosticSetting': {
    input: 'name',
    pattern: /^[^*<>%&:\\?+/]{1,260}$/,
    says: '1 to 260 characters without *<>%&:\\?+/',
  },
  'app:ManagedEnvironment': {
    input: 'environmentName',
    pattern: /^[a-zA-Z]([a-zA-Z0-9-]{0,58}[a-zA-Z0-9])?$/,
    says: '1 to 60 letters, digits and hyphens, a letter first and no hyphen last',
  },
  'app:ContainerApp': {
    input: 'containerAppName',
    pattern: /^(?!.*--)[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
    says: '2 to 32 lower-case letters, digits and single hyphens, a letter first and no hyphen last',
  },
  'monitor:ActionGroup': {
    input: 'actionGroupName',
    pattern: /^[^:<>+/&%\\?|]{0,259}[^:<>+/&%\\?| .]$/,
    says: '1 to 260 characters without :<>+/&%\\?| and with no space or period last',
  },
  'monitor:MetricAlert': RULE,
  'monitor:ScheduledQueryRule': RULE,
  'monitor:AzureMonitorWorkspace': { input: 'azureMonitorWorkspaceName', ...WORKSPACE },
  'monitor:DataCollectionEndpoint': {
    input: 'dataCollectionEndpointName',
    pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{1,42}[a-zA-Z0-9]$/,
    says: '3 to 44 letters, digits and hyphens, no hyphen first or last',
  },
  'monitor:DataCollectionRule': {
    input: 'dataCollectionRuleName',
    pattern: /^[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9])?$/,
    says: '1 to 64 letters, digits, hyphens, underscores and periods, a letter or digit first and last',
  },
  'alertsmanagement:PrometheusRuleGroup': {
    input: 'ruleGroupName',
    pattern: /^[^:@/#{}%&+*<>?]{1,260}$/,
    says: '1 to 260 characters without :@/#{}%&+*<>?',
  },
  'dashboard:Grafana': {
    input: 'workspaceName',
    pattern: /^[a-zA-Z][a-zA-Z0-9-]{0,21}[a-zA-Z0-9]$/,
    says: '2 to 23 letters, digits and hyphens, a letter first and no hyphen last',
  },
};

const MOST_TAGS = 50;
const TAG_NAME = /^[^<>%&\\?/]{1,512}$/;
const LONGEST_TAG_VALUE = 256;

/** Faults of the resource's own name, of the names in its address, and of its tags. */
export function nameFaults(
  type: ResourceType,
  inputs: Readonly<Record<string, unknown>>,
): readonly string[] {
  const own = NAMES[type];
  const parents = [ANY_GROUP, ACCOUNT].filter(
    ({ input }) => input !== own.input && inputs[input] !== undefined,
  );
  return [
    ...[own, ...parents].flatMap((rule) => nameFault(rule, inputs[rule.input])),
    ...tagFaults(inputs['tags']),
  ];
}

/** Pulumi would make up a name that is absent, and nothing here could hold it against the rule. */
function nameFault({ input, pattern, says }: NameRule, name: unknown): readonly string[] {
  if (name === undefined) return [`${input} is missing: give the name, which is ${says}`];
  return typeof name === 'string' && pattern.test(name)
    ? []
    : [`${input} is ${shown(name)}, and Azure takes ${says}`];
}

function tagFaults(tags: unknown): readonly string[] {
  if (!isRecord(tags)) return [];
  const count = Object.keys(tags).length;
  return [
    ...(count > MOST_TAGS ? [`tags are ${count}, and Azure takes ${MOST_TAGS}`] : []),
    ...Object.keys(tags)
      .filter((name) => !TAG_NAME.test(name))
      .map((name) => `tags has the name ${shown(name)}: 1 to 512 characters without <>%&\\?/`),
    ...Object.entries(tags)
      .filter(([, value]) => typeof value === 'string' && value.length > LONGEST_TAG_VALUE)
      .map(
        ([name, value]) =>
          `${join('tags', name)} is ${shown(value)}: longer than ${LONGEST_TAG_VALUE} characters`,
      ),
  ];
}
