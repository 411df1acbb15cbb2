import { describe, expect, it } from 'vitest';
import { YAML } from 'bun';
import { CHART_VALUES } from '../../stacks/local/chart-values.ts';
import { assumptionsOf } from './assumptions.ts';
import type { Rendered } from './rendered.ts';
import { grafana, prometheus, service, type } from './testing/tiny-chart.ts';

const { label, labelValue, searchNamespace, folderAnnotation } =
  CHART_VALUES.grafana.sidecar.dashboards;

/** As helm would fill them in. */
function filled(text: string): string {
  const values: Readonly<Record<string, string>> = {
    label,
    labelValue: `'${labelValue}'`,
    searchNamespace,
    folderAnnotation,
  };
  return text.replaceAll(/"?\{\{ .*?\.(\w+) \}\}"?/g, (_, name: string) => values[name] ?? '');
}

const GOOD = {
  grafana: YAML.parse(filled(grafana())),
  grafanaService: service('kps-grafana', 80),
  prometheus: prometheus(),
  prometheusService: service('kps-prometheus', 9090),
  servicemonitors: type('ServiceMonitor'),
  prometheusrules: type('PrometheusRule'),
} as Readonly<Record<string, Rendered>>;

function broken(changed: Readonly<Record<string, unknown>> = {}): readonly string[] {
  const objects = Object.values({ ...GOOD, ...changed }).filter((each) => each !== null);
  return assumptionsOf(objects as Rendered[]).flatMap(({ sentence, holds }) =>
    holds ? [] : [sentence],
  );
}

const without = (name: string, text: string, other = 'other'): Rendered =>
  JSON.parse(JSON.stringify(GOOD[name]).replaceAll(text, other)) as Rendered;

describe('what the stack takes for granted', () => {
  it('is there in a chart that has it all', () => {
    expect(broken()).toEqual([]);
  });

  it.each([
    ['grafanaService', null, 'Service kps-grafana has port 80'],
    ['grafanaService', service('kps-grafana', 3000), 'Service kps-grafana has port 80'],
    ['prometheusService', service('prometheus', 9090), 'Service kps-prometheus has port 9090'],
    ['grafana', without('grafana', 'admin-password'), 'the Secret grafana-admin'],
    ['grafana', without('grafana', 'grafana-admin'), 'the Secret grafana-admin'],
    ['grafana', without('grafana', 'grafana_dashboard'), 'a sidecar of Grafana'],
    ['grafana', without('grafana', '"ALL"', '"monitoring"'), 'a sidecar of Grafana'],
    ['grafana', without('grafana', 'grafana_folder'), 'a sidecar of Grafana'],
    ['prometheus', prometheus({ enableRemoteWriteReceiver: false }), 'what load tests write'],
    ['prometheus', prometheus({ ruleSelector: { matchLabels: { release: 'kps' } } }), 'every rule'],
    ['prometheus', prometheus({ ruleSelector: null }), 'every rule'],
    ['prometheus', prometheus({ probeNamespaceSelector: null }), 'every probe'],
    ['servicemonitors', type('PodMonitor'), 'servicemonitors.monitoring.coreos.com'],
    ['prometheusrules', without('prometheusrules', '"v1"', '"v2"'), 'prometheusrules.monitoring'],
  ])('is missed in %s (%#)', (name, object, sentence) => {
    expect(broken({ [name]: object })).toEqual([expect.stringContaining(sentence)]);
  });

  it('does not count what lies in another namespace', () => {
    const elsewhere = {
      ...(GOOD['grafanaService'] as object),
      metadata: { name: 'kps-grafana', namespace: 'x' },
    };
    expect(broken({ grafanaService: elsewhere })).toHaveLength(1);
  });
});
