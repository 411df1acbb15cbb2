/** What keeps the pods up and apart: a budget for disruptions, an autoscaler where asked for, and who may talk to whom. */
import { autoscaling, networking, policy } from '@pulumi/kubernetes';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Input } from '@pulumi/pulumi';
import { LABELS, MONITORING_NAMESPACE, NAME, SELECTOR } from './place.ts';
import { API_PORT, METRICS_PORT } from '../lib/container.ts';
import type { LocalSettings } from './settings.ts';

const CPU_PERCENT = 70;
const HTTPS = 443;
const DNS = 53;
/** Where `make local-identity` listens on the host. */
export const IDENTITY_RELAY_PORT = 8642;

export interface GuardsArgs {
  readonly namespace: Input<string>;
  readonly settings: LocalSettings;
  /** Names Azure, so that the pods must reach it and the relay for its identity. */
  readonly reachesAzure: boolean;
}

export class Guards extends ComponentResource {
  constructor(
    name: string,
    { namespace, settings, reachesAzure }: GuardsArgs,
    options: ComponentResourceOptions = {},
  ) {
    super('stt:local:Guards', name, {}, options);
    const metadata = { name: NAME, namespace, labels: { ...LABELS } };
    const podSelector = { matchLabels: { ...SELECTOR } };
    new policy.v1.PodDisruptionBudget(
      'disruption-budget',
      { metadata, spec: { maxUnavailable: 1, selector: podSelector } },
      { parent: this },
    );
    if (settings.replicas === null) {
      new autoscaling.v2.HorizontalPodAutoscaler(
        'autoscaler',
        {
          metadata,
          spec: {
            scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: NAME },
            minReplicas: 1,
            maxReplicas: settings.maxReplicas,
            metrics: [
              {
                type: 'Resource',
                resource: {
                  name: 'cpu',
                  target: { type: 'Utilization', averageUtilization: CPU_PERCENT },
                },
              },
            ],
          },
        },
        { parent: this },
      );
    }
    new networking.v1.NetworkPolicy(
      'network-policy',
      {
        metadata,
        spec: {
          podSelector,
          policyTypes: ['Ingress', 'Egress'],
          ingress: [
            { ports: [{ protocol: 'TCP', port: API_PORT }] },
            {
              from: [
                {
                  namespaceSelector: {
                    matchLabels: { 'kubernetes.io/metadata.name': MONITORING_NAMESPACE },
                  },
                },
              ],
              ports: [{ protocol: 'TCP', port: METRICS_PORT }],
            },
          ],
          egress: [
            {
              ports: [
                { protocol: 'UDP', port: DNS },
                { protocol: 'TCP', port: DNS },
              ],
            },
            ...(reachesAzure
              ? [
                  {
                    ports: [
                      { protocol: 'TCP', port: HTTPS },
                      { protocol: 'TCP', port: IDENTITY_RELAY_PORT },
                    ],
                  },
                ]
              : []),
          ],
        },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
