import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REAL_TIME_FACTOR_BUCKETS } from '../../service/src/contract.ts';
import { CONFIG, createRuleGroups, RULE_GROUPS } from '../index.ts';
import { isAlert } from '../lib/rules.ts';
import { parseExpression } from '../test/expression.ts';

const ALERTS = RULE_GROUPS.flatMap(({ rules }) => rules.filter(isAlert));
const NAMES = [...new Set(ALERTS.map(({ alert }) => alert))];
const RUNBOOKS = readFileSync(join(import.meta.dirname, '../../docs/runbooks.md'), 'utf8');
const SECTIONS = RUNBOOKS.split(/^## /m).slice(1);

describe('the alerts', () => {
  it('are at most ten', () => {
    expect(NAMES.length).toBeLessThanOrEqual(10);
  });

  it('each have a severity, a constant summary, a description and a runbook', () => {
    for (const { alert, labels, annotations } of ALERTS) {
      expect(alert).toMatch(/^Stt[A-Z][A-Za-z]+$/);
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(annotations.summary, alert).toMatch(/^[^{]+\.$/);
      expect(annotations.description, alert).toMatch(/\.$/);
      expect(annotations.runbook_url).toBe(`docs/runbooks.md#${alert.toLowerCase()}`);
    }
  });

  it('differ in their labels where they share a name', () => {
    const identities = ALERTS.map(({ alert, labels }) => JSON.stringify([alert, labels]));
    expect(new Set(identities).size).toBe(identities.length);
  });

  it('have a runbook each, and no runbook is left over', () => {
    expect(SECTIONS.map((section) => section.split('\n')[0]).toSorted()).toEqual(NAMES.toSorted());
  });

  it('are explained in full: meaning, impact, what to look at, what to do', () => {
    for (const section of SECTIONS) {
      const parts = [...section.matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, part]) => part);
      expect(parts, section.split('\n')[0]).toEqual(['Meaning', 'Impact', 'Look at', 'Do']);
    }
  });
});

describe('the objectives', () => {
  it('have a pace that is a bucket of the histogram', () => {
    expect(REAL_TIME_FACTOR_BUCKETS).toContain(CONFIG.latency.realTimeFactor);
  });

  it('leave room for every burn rate: no limit is above everything', () => {
    for (const { factor } of CONFIG.burnWindows) {
      expect(factor * (1 - CONFIG.availability.objective)).toBeLessThan(1);
      expect(factor * (1 - CONFIG.latency.objective)).toBeLessThan(1);
    }
  });

  it('have every recorded window they alert on', () => {
    const recorded = new Set(
      RULE_GROUPS.flatMap(({ rules }) =>
        rules.flatMap((rule) => ('record' in rule ? rule.record : [])),
      ),
    );
    const asked = ALERTS.flatMap(({ expr }) => parseExpression(expr).selectors)
      .map(({ metric }) => metric)
      .filter((metric) => metric.startsWith('stt:'));
    expect(asked.filter((metric) => !recorded.has(metric))).toEqual([]);
    expect([...recorded].filter((metric) => !asked.includes(metric))).toEqual([]);
  });
});

describe('rules for another installation', () => {
  const groups = createRuleGroups({
    ...CONFIG,
    job: 'speech',
    namespace: 'voice',
    runbookUrl: 'https://git.example/docs/runbooks.md',
  });
  const selectors = groups
    .flatMap(({ rules }) => rules)
    .flatMap(({ expr }) => parseExpression(expr).selectors);

  it('look at its job and namespace alone', () => {
    for (const { metric, matchers } of selectors) {
      const values = Object.fromEntries(matchers.map(({ label, value }) => [label, value]));
      if (!/^(container|kube)_/.test(metric)) expect(values['job'], metric).toBe('speech');
      if (!metric.startsWith('stt:')) expect(values['namespace'], metric).toBe('voice');
    }
  });

  it('point to its own runbooks', () => {
    for (const { annotations } of groups.flatMap(({ rules }) => rules.filter(isAlert))) {
      expect(annotations.runbook_url).toMatch(/^https:\/\/git\.example\/docs\/runbooks\.md#stt/);
    }
  });
});
