/** The rules of Grafana's dashboard-linter, on one board; each says what is wrong, or nothing. */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { panelsOf } from '../lib/board.ts';
import { parseExpression, RATE_INTERVAL } from './expression.ts';
import type { Selector } from './expression.ts';

export type LintRule = (board: Dashboard) => string[];

/** Series that a rule does not hold for, and why. */
export const EXEMPTIONS: readonly {
  readonly rules: readonly string[];
  readonly series: RegExp;
  readonly reason: string;
}[] = [
  {
    rules: ['target-job', 'target-instance'],
    series: /^(container|kube)_/,
    reason: 'the job and instance of these are those of the kubelet; they are matched by pod',
  },
  {
    rules: ['target-job', 'target-instance'],
    series: /^k6_/,
    reason: 'k6 writes these itself, so no scrape adds job and instance; they are matched by test',
  },
];

const UNITS: ReadonlySet<unknown> = new Set(Object.values(units));

/** Every query of the boards is one for Prometheus; a rule sees to that. */
export function targetsOf(panel: Panel): readonly Dataquery[] {
  return (panel.targets ?? []) as Dataquery[];
}

const variable = (board: Dashboard, name: string) =>
  (board.templating.list ?? []).find((entry) => entry.name === name);

const panels = (board: Dashboard, faulty: (panel: Panel) => boolean): string[] =>
  panelsOf(board)
    .filter(faulty)
    .map(({ title, id }) => `panel ${title ?? id}`);

const selectors =
  (rule: string, faulty: (selector: Selector) => boolean): LintRule =>
  (board) =>
    panelsOf(board).flatMap((panel) =>
      targetsOf(panel).flatMap(({ expr }) =>
        parseExpression(expr)
          .selectors.filter((selector) => faulty(selector) && !exempt(rule, selector.metric))
          .map(({ metric }) => `panel ${panel.title}: ${metric}`),
      ),
    );

const requiredVariable =
  (name: string, label: string): LintRule =>
  (board) => {
    const found = variable(board, name);
    const right =
      found?.type === 'query' &&
      found.label === label &&
      found.multi === true &&
      found.allValue === '.+' &&
      found.datasource?.uid === '${datasource}';
    return right ? [] : [`variable ${name} is missing or not as the linter wants it`];
  };

const required = (label: string) =>
  selectors(
    `target-${label}`,
    ({ matchers }) =>
      !matchers.some(
        (matcher) =>
          matcher.label === label && matcher.operator === '=~' && matcher.value === `$${label}`,
      ),
  );

const notPrometheus: LintRule = (board) =>
  panels(board, (panel) =>
    targetsOf(panel).some(({ datasource }) => datasource?.type !== 'prometheus'),
  );

export const LINT_RULES: Readonly<Record<string, LintRule>> = {
  'template-datasource': (board) => {
    const found = variable(board, 'datasource');
    return found?.type === 'datasource' && found.label === 'Data source' ? [] : ['no data source'];
  },
  'template-job': requiredVariable('job', 'Job'),
  'template-instance': requiredVariable('instance', 'Instance'),
  'template-label-promql': (board) =>
    (board.templating.list ?? []).flatMap(({ type, name, query }) => {
      if (type !== 'query') return [];
      const call = /^label_values\((.+), \w+\)$/.exec(String(query));
      return parses(call?.[1] ?? '') ? [] : [`variable ${name}`];
    }),
  'template-on-time-change-reload': (board) =>
    (board.templating.list ?? [])
      .filter(({ type, refresh }) => type === 'query' && refresh !== 2)
      .map(({ name }) => `variable ${name}`),
  'panel-datasource': (board) =>
    panels(board, ({ datasource }) => datasource?.uid !== '${datasource}'),
  'panel-title-description': (board) =>
    panels(board, ({ title, description }) => !title || !description),
  'panel-units': (board) =>
    panels(board, ({ fieldConfig }) => !UNITS.has(fieldConfig?.defaults.unit)),
  'panel-no-targets': (board) => panels(board, (panel) => targetsOf(panel).length === 0),
  // Two rules about Loki: a board without a query for it keeps both.
  'target-logql': notPrometheus,
  'target-logql-auto': notPrometheus,
  'target-promql': (board) =>
    panels(board, (panel) => targetsOf(panel).some(({ expr }) => !parses(expr))),
  'target-rate-interval': selectors(
    'target-rate-interval',
    ({ range, calledBy }) =>
      (calledBy === 'rate' || calledBy === 'irate') && range !== RATE_INTERVAL,
  ),
  'target-job': required('job'),
  'target-instance': required('instance'),
  'target-counter-agg': selectors(
    'target-counter-agg',
    ({ metric, range, calledBy }) =>
      metric.endsWith('_total') &&
      (range === null || !['rate', 'irate', 'increase'].includes(calledBy ?? '')),
  ),
  'uneditable-dashboard': ({ editable }) => (editable === false ? [] : ['can be edited']),
};

function exempt(rule: string, metric: string): boolean {
  return EXEMPTIONS.some(({ rules, series }) => rules.includes(rule) && series.test(metric));
}

function parses(expr: string): boolean {
  try {
    parseExpression(expr);
    return true;
  } catch {
    return false;
  }
}
