/** What Prometheus and Grafana are to know of the service: whom to scrape, our rules, our boards. */
import { apiextensions, core } from '@pulumi/kubernetes';
import { ComponentResource } from '@pulumi/pulumi';
import type { ComponentResourceOptions, Input } from '@pulumi/pulumi';
import { BOARDS, CONFIG, createRuleGroups } from '../../dashboards/index.ts';
import { PATHS } from '../../service/src/contract.ts';
import { DASHBOARD_LABEL, FOLDER_ANNOTATION } from './chart-values.ts';
import { LABELS, METRICS_SERVICE, NAMESPACE, SELECTOR } from './place.ts';

const OPERATOR = 'monitoring.coreos.com/v1';
const FOLDER = 'Speech to text';

export interface BoardsAndRulesArgs {
  readonly namespace: Input<string>;
  /** Where docs/runbooks.md can be read, or null for the path alone. */
  readonly runbookUrl: string | null;
}

export class BoardsAndRules extends ComponentResource {
  constructor(
    name: string,
    { namespace, runbookUrl }: BoardsAndRulesArgs,
    options: ComponentResourceOptions = {},
  ) {
    super('stt:local:BoardsAndRules', name, {}, options);
    const named = (own: string) => ({ name: own, namespace, labels: { ...LABELS } });
    new apiextensions.CustomResource(
      'service-monitor',
      {
        apiVersion: OPERATOR,
        kind: 'ServiceMonitor',
        metadata: named(METRICS_SERVICE),
        spec: {
          selector: { matchLabels: { ...SELECTOR } },
          endpoints: [
            {
              port: 'metrics',
              path: PATHS.metrics,
              interval: '15s',
              // Boards tell pods apart by instance, and join what cAdvisor knows of them by the same name.
              relabelings: [
                { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'instance' },
              ],
            },
          ],
        },
      },
      { parent: this },
    );
    const groups = createRuleGroups({
      ...CONFIG,
      namespace: NAMESPACE,
      runbookUrl: runbookUrl ?? CONFIG.runbookUrl,
    });
    new apiextensions.CustomResource(
      'rules',
      {
        apiVersion: OPERATOR,
        kind: 'PrometheusRule',
        metadata: named('stt-rules'),
        spec: { groups },
      },
      { parent: this },
    );
    for (const board of BOARDS) {
      new core.v1.ConfigMap(
        `dashboard-${board.uid}`,
        {
          metadata: {
            name: `dashboard-${board.uid}`,
            namespace,
            labels: { ...LABELS, [DASHBOARD_LABEL.name]: DASHBOARD_LABEL.value },
            annotations: { [FOLDER_ANNOTATION]: FOLDER },
          },
          data: { [`${board.uid}.json`]: JSON.stringify(board.build()) },
        },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
