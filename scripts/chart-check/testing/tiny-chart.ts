/** A chart as small as one can be that fulfils what the stack takes for granted; it calls itself what the stack names. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { YAML } from 'bun';
import { ADMIN_SECRET, CHART } from '../../../stacks/local/chart-values.ts';

/** By path in the chart. Objects become YAML, texts stay as they are; null leaves a file out. */
export type Files = Readonly<Record<string, unknown>>;

const OPERATOR = 'monitoring.coreos.com';

/** Writes it into a directory that need not be there. */
export function writeTinyChart(directory: string, changed: Files = {}): void {
  for (const [path, content] of Object.entries({ ...FILES, ...changed })) {
    if (content === null) continue;
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : YAML.stringify(content, null, 2));
  }
}

/** Of the operator's, with whatever fields. */
export function type(kind: string): unknown {
  const singular = kind.toLowerCase();
  const plural = singular.endsWith('s') ? `${singular}es` : `${singular}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${OPERATOR}` },
    spec: {
      group: OPERATOR,
      names: { kind, plural, singular, listKind: `${kind}List` },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  };
}

export function service(name: string, port: number): unknown {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port }] } };
}

const fromSecret = (name: string, key: string): unknown => ({
  name,
  valueFrom: { secretKeyRef: { name: ADMIN_SECRET.name, key } },
});

/** `context` is the pods' own. Values of the stack arrive in the sidecar, or the stack sees no board. */
export function grafana(context: unknown = {}): string {
  const labels = { app: 'grafana' };
  return YAML.stringify(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'kps-grafana' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            ...(context as object),
            containers: [
              {
                name: 'sidecar',
                image: 'sidecar:1',
                env: [
                  { name: 'LABEL', value: '{{ .Values.grafana.sidecar.dashboards.label }}' },
                  {
                    name: 'LABEL_VALUE',
                    value: '{{ .Values.grafana.sidecar.dashboards.labelValue }}',
                  },
                  {
                    name: 'NAMESPACE',
                    value: '{{ .Values.grafana.sidecar.dashboards.searchNamespace }}',
                  },
                  {
                    name: 'FOLDER_ANNOTATION',
                    value: '{{ .Values.grafana.sidecar.dashboards.folderAnnotation }}',
                  },
                ],
              },
              {
                name: 'grafana',
                image: 'grafana:1',
                env: [
                  fromSecret('GF_SECURITY_ADMIN_USER', ADMIN_SECRET.user),
                  fromSecret('GF_SECURITY_ADMIN_PASSWORD', ADMIN_SECRET.password),
                ],
              },
            ],
          },
        },
      },
    },
    null,
    2,
  );
}

const SELECTED = ['serviceMonitor', 'podMonitor', 'probe', 'rule', 'scrapeConfig'];

export function prometheus(changed: Readonly<Record<string, unknown>> = {}): unknown {
  const selectors = SELECTED.flatMap((kind) => [
    [`${kind}Selector`, {}],
    [`${kind}NamespaceSelector`, {}],
  ]);
  return {
    apiVersion: `${OPERATOR}/v1`,
    kind: 'Prometheus',
    metadata: { name: 'kps-prometheus', namespace: 'monitoring' },
    spec: { ...Object.fromEntries(selectors), enableRemoteWriteReceiver: true, ...changed },
  };
}

const FILES: Files = {
  'Chart.yaml': { apiVersion: 'v2', name: CHART.name, version: CHART.version },
  'crds/prometheuses.yaml': type('Prometheus'),
  'crds/servicemonitors.yaml': type('ServiceMonitor'),
  'crds/prometheusrules.yaml': type('PrometheusRule'),
  'templates/grafana.yaml': grafana(),
  'templates/grafana-service.yaml': service('kps-grafana', 80),
  'templates/prometheus.yaml': prometheus(),
  'templates/prometheus-service.yaml': service('kps-prometheus', 9090),
  'templates/test.yaml': {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'never', annotations: { 'helm.sh/hook': 'test' } },
    spec: { hostNetwork: true, containers: [] },
  },
};
