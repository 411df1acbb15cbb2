import { describe, expect, it } from 'vitest';
import { METRICS } from '../../service/src/contract.ts';
import { BOARDS, RULE_GROUPS } from '../index.ts';
import { panelsOf } from '../lib/board.ts';
import { parseExpression } from './expression.ts';
import type { Expression } from './expression.ts';
import { KNOWN_SERIES } from './known-series.ts';
import { targetsOf } from './lint-rules.ts';

interface Source {
  readonly where: string;
  readonly expr: string;
  readonly legend: string;
}

const PANELS: readonly Source[] = BOARDS.flatMap((board) =>
  panelsOf(board.build()).flatMap((panel) =>
    targetsOf(panel).map(({ expr, legendFormat }) => ({
      where: `${board.uid} / ${panel.title}`,
      expr,
      legend: legendFormat ?? '',
    })),
  ),
);
const RULES: readonly Source[] = RULE_GROUPS.flatMap(({ rules }) =>
  rules.map((rule) => ({
    where: 'alert' in rule ? `${rule.alert} ${rule.labels['long'] ?? ''}` : rule.record,
    expr: rule.expr,
    legend: '',
  })),
);
const ALL = [...PANELS, ...RULES];

describe('the expressions of boards and rules', () => {
  it('name series that exist', () => {
    expect(
      faults(({ selectors }) => selectors.map(({ metric }) => metric).filter(unknown)),
    ).toEqual([]);
  });

  it('match labels that their series have', () => {
    const strange = ({ selectors }: Expression) =>
      selectors.flatMap(({ metric, matchers }) =>
        matchers
          .filter(({ label }) => !has(metric, label))
          .map(({ label }) => `${metric}.${label}`),
      );
    expect(faults(strange)).toEqual([]);
  });

  it('group by labels that their series have', () => {
    const strange = ({ groupings }: Expression) =>
      groupings.flatMap(({ labels, selectors }) =>
        selectors.flatMap(({ metric }) =>
          labels.filter((label) => !has(metric, label)).map((label) => `${metric}.${label}`),
        ),
      );
    expect(faults(strange)).toEqual([]);
  });

  it('have legends made of labels that are left after grouping', () => {
    const strange = ({ groupings }: Expression, { legend }: Source) =>
      [...legend.matchAll(/\{\{(\w+)\}\}/g)]
        .map(([, label]) => label ?? '')
        .filter((label) => !groupings.some(({ labels }) => labels.includes(label)));
    expect(faults(strange)).toEqual([]);
  });

  it('choose what k6 wrote by test, and nothing else', () => {
    const strange = ({ selectors }: Expression) =>
      selectors
        .filter(({ metric, matchers }) => {
          const byTest = matchers.some(
            ({ label, operator, value }) =>
              label === 'testid' && operator === '=~' && value === '$testid',
          );
          return byTest !== metric.startsWith('k6_');
        })
        .map(({ metric }) => metric);
    expect(faults(strange)).toEqual([]);
  });

  it('show every metric of the contract on a board', () => {
    const shown = new Set(
      PANELS.flatMap(({ expr }) => parseExpression(expr).selectors.map(({ metric }) => metric)),
    );
    const hidden = Object.values(METRICS).filter(
      (name) => ![name, `${name}_bucket`, `${name}_count`].some((series) => shown.has(series)),
    );
    expect(hidden).toEqual([]);
  });
});

describe('the check of expressions', () => {
  it.each([
    ['a series nobody exports', 'rate(stt_requests_total[5m])', [['stt_requests_total']]],
    ['a counter without its suffix', 'rate(stt_http_requests[5m])', [['stt_http_requests']]],
    ['a histogram as if it were a gauge', 'stt_upload_bytes', [['stt_upload_bytes']]],
  ])('finds %s', (_, expr, expected) => {
    const found = parseExpression(expr)
      .selectors.map(({ metric }) => metric)
      .filter(unknown);
    expect([found]).toEqual(expected);
  });

  it('refuses what is no PromQL', () => {
    for (const text of ['sum(up', 'up{job=}', 'up up', '1 + 1']) {
      expect(() => parseExpression(text), text).toThrow(text);
    }
  });

  it('sees matchers, ranges, functions and groups', () => {
    expect(parseExpression('sum by (le) (rate(x_bucket{job=~"$job"}[$__rate_interval]))')).toEqual({
      selectors: [RATED],
      groupings: [{ labels: ['le'], selectors: [RATED] }],
    });
  });
});

const RATED = {
  metric: 'x_bucket',
  matchers: [{ label: 'job', operator: '=~', value: '$job' }],
  range: '$__rate_interval',
  calledBy: 'rate',
};

function faults(find: (expression: Expression, source: Source) => string[]): string[] {
  return ALL.flatMap((source) =>
    find(parseExpression(source.expr), source).map((what) => `${source.where}: ${what}`),
  );
}

function unknown(metric: string): boolean {
  return !KNOWN_SERIES.has(metric);
}

function has(metric: string, label: string): boolean {
  return KNOWN_SERIES.get(metric)?.has(label) === true;
}
