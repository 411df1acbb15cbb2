/** What Container Apps refuses although each property alone is of its type. */
import { at, records, shown } from './fault.ts';
import { wholeFaults } from './range.ts';

type Values = Readonly<Record<string, unknown>>;

/** Least and most of what a probe may have. */
const PROBE = {
  failureThreshold: [1, 10],
  successThreshold: [1, 10],
  initialDelaySeconds: [0, 60],
  periodSeconds: [1, 240],
  timeoutSeconds: [1, 240],
} as const;

/** The Consumption profile gives twice as many GiB as cores, in steps of a quarter core. */
const STEP_CORES = 0.25;
const MOST_CORES = 4;
const GIB_PER_CORE = 2;

export function containerAppFaults(body: Values): readonly string[] {
  const containers = records(at(body, 'template', 'containers'));
  const profile = body['workloadProfileName'] ?? 'Consumption';
  return [
    ...(containers.length === 0 ? ['template.containers has none'] : []),
    ...(profile === 'Consumption' ? sizeFaults(containers) : []),
    ...containers.flatMap((container, index) =>
      containerFaults(container, `template.containers.${index}`),
    ),
    ...wholeFaults(
      'template.terminationGracePeriodSeconds',
      at(body, 'template', 'terminationGracePeriodSeconds'),
      0,
      600,
    ),
    ...scaleFaults(at(body, 'template', 'scale')),
    ...ingressFaults(at(body, 'configuration', 'ingress')),
    ...secretNameFaults(body),
    ...referenceFaults(body),
  ];
}

/** Containers of a replica share what it is given, so only their sum counts. */
function sizeFaults(containers: readonly Values[]): readonly string[] {
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
  const cores = sum(containers.map((container) => Number(at(container, 'resources', 'cpu'))));
  const gib = sum(containers.map((container) => gibOf(at(container, 'resources', 'memory'))));
  const fits =
    Number.isInteger(cores / STEP_CORES) &&
    cores > 0 &&
    cores <= MOST_CORES &&
    gib === cores * GIB_PER_CORE;
  return fits
    ? []
    : [
        `template.containers ask for ${cores} cores and ${gib}Gi together, and the Consumption profile gives 0.25 to ${MOST_CORES} cores in steps of ${STEP_CORES} with twice as many Gi`,
      ];
}

/** NaN where it is not written as 0.5Gi, which then fits nothing. */
function gibOf(memory: unknown): number {
  return Number(/^(\d+(?:\.\d{1,2})?)Gi$/.exec(String(memory))?.[1]);
}

function containerFaults(container: Values, path: string): readonly string[] {
  const probes = records(container['probes']);
  const kinds = probes.map(({ type }) => type);
  return [
    ...(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(String(container['name']))
      ? []
      : [
          `${path}.name is ${shown(container['name'])}, and Azure takes lower-case letters, digits and hyphens`,
        ]),
    ...(typeof container['image'] === 'string' ? [] : [`${path}.image is missing`]),
    ...(new Set(kinds).size === kinds.length ? [] : [`${path}.probes has two of one type`]),
    ...probes.flatMap((probe, index) => probeFaults(probe, `${path}.probes.${index}`)),
  ];
}

function probeFaults(probe: Values, path: string): readonly string[] {
  const waysToAsk = ['httpGet', 'tcpSocket'].filter((way) => probe[way] !== undefined);
  const strict = probe['type'] !== 'Readiness';
  return [
    ...Object.entries(PROBE).flatMap(([key, [least, most]]) =>
      wholeFaults(`${path}.${key}`, probe[key], least, most),
    ),
    ...(waysToAsk.length === 1 ? [] : [`${path} needs one of httpGet and tcpSocket`]),
    ...(strict ? wholeFaults(`${path}.successThreshold`, probe['successThreshold'], 1, 1) : []),
    ...['httpGet', 'tcpSocket'].flatMap((way) =>
      wholeFaults(`${path}.${way}.port`, at(probe, way, 'port'), 1, 65_535),
    ),
  ];
}

function scaleFaults(scale: unknown): readonly string[] {
  const [least, most] = [at(scale, 'minReplicas') ?? 0, at(scale, 'maxReplicas') ?? 10];
  return [
    ...wholeFaults('template.scale.minReplicas', least, 0, 1000),
    ...wholeFaults('template.scale.maxReplicas', most, 1, 1000),
    ...(Number(least) > Number(most)
      ? [`template.scale.minReplicas is ${shown(least)}, and more than maxReplicas, ${shown(most)}`]
      : []),
  ];
}

function ingressFaults(ingress: unknown): readonly string[] {
  const actions = new Set(
    records(at(ingress, 'ipSecurityRestrictions')).map(({ action }) => action),
  );
  return [
    ...wholeFaults('configuration.ingress.targetPort', at(ingress, 'targetPort'), 0, 65_535),
    ...(actions.size > 1
      ? ['configuration.ingress.ipSecurityRestrictions both allow and deny: all do one of them']
      : []),
  ];
}

function secretsOf(body: Values): readonly Values[] {
  return records(at(body, 'configuration', 'secrets'));
}

function secretNameFaults(body: Values): readonly string[] {
  return secretsOf(body).flatMap(({ name }, index) =>
    /^[a-z0-9]([a-z0-9-]{0,251}[a-z0-9])?$/.test(String(name))
      ? []
      : [
          `configuration.secrets.${index}.name is ${shown(name)}, and Azure takes lower-case letters, digits and hyphens, no hyphen first or last`,
        ],
  );
}

/** Names that lead to a secret or a volume, which must be in the same body. */
function referenceFaults(body: Values): readonly string[] {
  const names = (list: readonly Values[]) => list.map(({ name }) => name);
  const secrets = names(secretsOf(body));
  const volumes = names(records(at(body, 'template', 'volumes')));
  const faults: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const here = `${path}.${key}`;
      const isSecret = key === 'secretRef' || key === 'passwordSecretRef';
      if (isSecret && !secrets.includes(inner)) {
        faults.push(`${here} is ${shown(inner)}, and configuration.secrets has no such name`);
      } else if (key === 'volumeName' && !volumes.includes(inner)) {
        faults.push(`${here} is ${shown(inner)}, and template.volumes has no such name`);
      }
      visit(inner, here);
    }
  };
  visit(body['template'], 'template');
  visit(body['configuration'], 'configuration');
  return faults;
}
