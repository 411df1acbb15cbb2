/** What the stack takes for granted of the chart's objects: names, settings that must have arrived, what sees our own. Pure. */
import {
  ADMIN_SECRET,
  DASHBOARD_LABEL,
  FOLDER_ANNOTATION,
  RELEASE,
} from '../../stacks/local/chart-values.ts';
import { MONITORING_NAMESPACE } from '../../stacks/local/place.ts';
import { at, listAt, numberAt, textAt } from '../verbs/json.ts';
import type { Rendered } from './rendered.ts';

const GRAFANA = `${RELEASE}-grafana`;
const PROMETHEUS = `${RELEASE}-prometheus`;
/** To which `make local-grafana` forwards. */
const GRAFANA_PORT = 80;
/** To which load tests write. */
const PROMETHEUS_PORT = 9090;
/** The operator's types of which the stack makes objects itself. */
const OWN_TYPES = ['servicemonitors', 'prometheusrules'];
const SELECTED = ['serviceMonitor', 'podMonitor', 'probe', 'rule', 'scrapeConfig'];

export interface Assumption {
  /** As a sentence that says what holds. */
  readonly sentence: string;
  readonly holds: boolean;
}

export function assumptionsOf(objects: readonly Rendered[]): readonly Assumption[] {
  const find = (kind: string, name: string): Rendered | null =>
    objects.find(
      (each) =>
        each['kind'] === kind &&
        textAt(each, 'metadata', 'name') === name &&
        [null, MONITORING_NAMESPACE].includes(textAt(each, 'metadata', 'namespace')),
    ) ?? null;
  const hasPort = (service: string, port: number): boolean =>
    listAt(find('Service', service), 'spec', 'ports').some(
      (each) => numberAt(each, 'port') === port,
    );
  const prometheus = find('Prometheus', PROMETHEUS);
  const containers = listAt(find('Deployment', GRAFANA), 'spec', 'template', 'spec', 'containers');
  const variables = containers.map((each) => listAt(each, 'env'));
  const fromSecret = (key: string): boolean =>
    variables.flat().some((each) => {
      const reference = at(each, 'valueFrom', 'secretKeyRef');
      return textAt(reference, 'name') === ADMIN_SECRET.name && textAt(reference, 'key') === key;
    });
  return [
    {
      sentence: `Service ${GRAFANA} has port ${GRAFANA_PORT}`,
      holds: hasPort(GRAFANA, GRAFANA_PORT),
    },
    {
      sentence: `Service ${PROMETHEUS} has port ${PROMETHEUS_PORT}`,
      holds: hasPort(PROMETHEUS, PROMETHEUS_PORT),
    },
    {
      sentence: `Grafana reads its user and password from the Secret ${ADMIN_SECRET.name}`,
      holds: fromSecret(ADMIN_SECRET.user) && fromSecret(ADMIN_SECRET.password),
    },
    {
      sentence: `a sidecar of Grafana's takes ConfigMaps with ${DASHBOARD_LABEL.name}=${DASHBOARD_LABEL.value} of all namespaces, into the folder that ${FOLDER_ANNOTATION} names`,
      holds: variables.some(
        (each) =>
          valueOf(each, 'LABEL') === DASHBOARD_LABEL.name &&
          valueOf(each, 'LABEL_VALUE') === DASHBOARD_LABEL.value &&
          valueOf(each, 'NAMESPACE') === 'ALL' &&
          valueOf(each, 'FOLDER_ANNOTATION') === FOLDER_ANNOTATION,
      ),
    },
    {
      sentence: 'Prometheus takes what load tests write to it',
      holds: at(prometheus, 'spec', 'enableRemoteWriteReceiver') === true,
    },
    ...SELECTED.map((kind) => ({
      sentence: `Prometheus takes every ${kind} of every namespace`,
      // Null is not empty: it would select nothing, or its own namespace alone.
      holds:
        isEmpty(at(prometheus, 'spec', `${kind}Selector`)) &&
        isEmpty(at(prometheus, 'spec', `${kind}NamespaceSelector`)),
    })),
    ...OWN_TYPES.map((plural) => ({
      sentence: `the chart brings the type ${plural}.monitoring.coreos.com in version v1`,
      holds: listAt(
        objects.find(
          (each) => textAt(each, 'metadata', 'name') === `${plural}.monitoring.coreos.com`,
        ),
        'spec',
        'versions',
      ).some((each) => textAt(each, 'name') === 'v1' && at(each, 'served') === true),
    })),
  ];
}

function valueOf(variables: readonly unknown[], name: string): string | null {
  return textAt(
    variables.find((each) => textAt(each, 'name') === name),
    'value',
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
