/** What must be true of stack `local`, whatever its configuration: pure functions over the resources it asks for. */
import { PATHS, SERVICE_NAME } from '../../service/src/contract.ts';
import { at, each, list } from './resources.ts';
import type { Policy } from './resources.ts';

const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';
const SERVICE = 'kubernetes:core/v1:Service';

const pod = (inputs: unknown) => at(inputs, 'spec', 'template', 'spec');
const containers = (inputs: unknown) => list(at(pod(inputs), 'containers'));

/** A policy over each container of each Deployment. */
function eachContainer(check: (container: unknown) => readonly (string | false)[]): Policy {
  return each(DEPLOYMENT, (inputs) => containers(inputs).flatMap((container) => check(container)));
}

export const LOCAL_POLICIES = {
  'pods are nobody and may become nobody else': (resources) => [
    ...each(DEPLOYMENT, (inputs) => {
      const context = at(pod(inputs), 'securityContext');
      return [
        at(context, 'runAsNonRoot') !== true && 'may run as root',
        !(Number(at(context, 'runAsUser')) > 0) && 'runs as root',
        at(context, 'seccompProfile', 'type') !== 'RuntimeDefault' && 'may make any system call',
        at(pod(inputs), 'automountServiceAccountToken') !== false && 'holds a token of the cluster',
      ];
    })(resources),
    ...eachContainer((container) => [
      at(container, 'securityContext', 'allowPrivilegeEscalation') !== false &&
        'may gain privileges',
      at(container, 'securityContext', 'readOnlyRootFilesystem') !== true &&
        'may write to its image',
      list(at(container, 'securityContext', 'capabilities', 'drop'))[0] !== 'ALL' &&
        'has capabilities',
    ])(resources),
  ],
  'the namespace of the service takes restricted pods alone': each(
    'kubernetes:core/v1:Namespace',
    (inputs) => [
      at(inputs, 'metadata', 'name') === 'stt' &&
        at(inputs, 'metadata', 'labels', 'pod-security.kubernetes.io/enforce') !== 'restricted' &&
        'takes any pod',
    ],
  ),
  'memory and cores have limits, and what is sure of them fits below': eachContainer(
    (container) => [
      !/^\d+(\.\d+)?Gi$/.test(String(at(container, 'resources', 'limits', 'memory'))) &&
        'has no limit of memory',
      at(container, 'resources', 'limits', 'cpu') === undefined && 'has no limit of cores',
      !(
        Number.parseFloat(String(at(container, 'resources', 'requests', 'memory'))) <=
        1024 * Number.parseFloat(String(at(container, 'resources', 'limits', 'memory')))
      ) && 'is sure of more memory than it may use',
    ],
  ),
  'what is written lies in a volume with a cap': each(DEPLOYMENT, (inputs) =>
    list(at(pod(inputs), 'volumes'))
      .filter((volume) => at(volume, 'emptyDir') !== undefined)
      .map(
        (volume) => at(volume, 'emptyDir', 'sizeLimit') === undefined && 'has no cap on its spool',
      ),
  ),
  'probes ask what the service answers without a key': eachContainer((container) => [
    at(container, 'startupProbe', 'httpGet', 'path') !== PATHS.liveness && 'has no startup probe',
    at(container, 'livenessProbe', 'httpGet', 'path') !== PATHS.liveness && 'has no liveness probe',
    at(container, 'readinessProbe', 'httpGet', 'path') !== PATHS.readiness &&
      'has no readiness probe',
  ]),
  'a pod that goes has longer than its requests': each(DEPLOYMENT, (inputs) => {
    const stop = Number(at(containers(inputs)[0], 'lifecycle', 'preStop', 'sleep', 'seconds'));
    return [
      !(Number(at(pod(inputs), 'terminationGracePeriodSeconds')) > stop + 30) &&
        'is killed before its requests are answered',
    ];
  }),
  'settings hold no secret': each('kubernetes:core/v1:ConfigMap', (inputs) =>
    Object.keys((at(inputs, 'data') ?? {}) as object).map(
      (name) => /SECRET|PASSWORD|TOKEN|_KEY$/.test(name) && `shows ${name}`,
    ),
  ),
  'metrics are for Prometheus: no address from outside leads to them': (resources) => [
    ...each(SERVICE, (inputs) =>
      list(at(inputs, 'spec', 'ports')).map(
        (port) =>
          at(inputs, 'spec', 'type') === 'NodePort' &&
          at(port, 'name') !== 'http' &&
          `shows ${String(at(port, 'name'))}`,
      ),
    )(resources),
    ...each('kubernetes:networking.k8s.io/v1:NetworkPolicy', (inputs) =>
      list(at(inputs, 'spec', 'ingress')).map(
        (rule) =>
          list(at(rule, 'ports')).some((port) => at(port, 'port') === 9464) &&
          at(rule, 'from') === undefined &&
          'lets everyone read metrics',
      ),
    )(resources),
  ],
  'the job and container are called what boards ask for': (resources) => [
    ...eachContainer((container) => [
      at(container, 'name') !== SERVICE_NAME && 'has another name for its container',
    ])(resources),
    ...(resources.some(
      ({ type, inputs }) => type === SERVICE && at(inputs, 'metadata', 'name') === SERVICE_NAME,
    )
      ? []
      : [`no Service is called ${SERVICE_NAME}`]),
  ],
} as const satisfies Record<string, Policy>;
