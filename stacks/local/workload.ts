/** The service in the cluster: its settings, its pods, and the addresses by which they are found. */
import { apps, core } from '@pulumi/kubernetes';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Input, Output } from '@pulumi/pulumi';
import { LABELS, METRICS_SERVICE, NAME, SELECTOR } from './place.ts';
import { keysSecret, podTemplate, settingsMap } from './pod.ts';
import { API_PORT, KEYS_FILE_NAME, METRICS_PORT } from '../lib/container.ts';
import type { LocalSettings } from './settings.ts';

/** A rollout that hangs says so in time. */
const PROGRESS_SECONDS = 300;

export interface WorkloadArgs {
  readonly namespace: Input<string>;
  readonly settings: LocalSettings;
  readonly environment: Readonly<Record<string, string>>;
}

export class Workload extends ComponentResource {
  readonly deploymentName: Output<string>;
  readonly serviceName: Output<string>;

  constructor(
    name: string,
    { namespace, settings, environment }: WorkloadArgs,
    options: ComponentResourceOptions = {},
  ) {
    super('stt:local:Workload', name, {}, options);
    const named = (own: string) => ({ name: own, namespace, labels: { ...LABELS } });
    const account = new core.v1.ServiceAccount(
      'account',
      { metadata: named(NAME), automountServiceAccountToken: false },
      { parent: this },
    );
    const map = new core.v1.ConfigMap(
      'settings',
      { metadata: named(settingsMap(environment)), data: environment },
      { parent: this },
    );
    const keys =
      settings.apiKeys === undefined
        ? []
        : [
            new core.v1.Secret(
              'keys',
              {
                metadata: named(keysSecret(settings.apiKeys)),
                stringData: { [KEYS_FILE_NAME]: settings.apiKeys },
              },
              { parent: this },
            ),
          ];
    const deployment = new apps.v1.Deployment(
      'deployment',
      {
        metadata: named(NAME),
        spec: {
          // Left to the autoscaler where there is one.
          ...(settings.replicas !== null && { replicas: settings.replicas }),
          progressDeadlineSeconds: PROGRESS_SECONDS,
          selector: { matchLabels: { ...SELECTOR } },
          // The new pod is ready before an old one goes.
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: podTemplate(settings, environment),
        },
      },
      { parent: this, dependsOn: [account, map, ...keys] },
    );
    const service = new core.v1.Service(
      'service',
      {
        metadata: named(NAME),
        spec: {
          type: 'NodePort',
          selector: { ...SELECTOR },
          ports: [
            { name: 'http', port: API_PORT, targetPort: 'http', nodePort: settings.nodePort },
          ],
        },
      },
      { parent: this },
    );
    new core.v1.Service(
      'metrics-service',
      {
        metadata: named(METRICS_SERVICE),
        spec: {
          clusterIP: 'None',
          selector: { ...SELECTOR },
          ports: [{ name: 'metrics', port: METRICS_PORT, targetPort: 'metrics' }],
        },
      },
      { parent: this },
    );
    this.deploymentName = deployment.metadata.name;
    this.serviceName = service.metadata.name;
    this.registerOutputs({ deploymentName: this.deploymentName });
  }
}
