import { describe, expect, it } from 'vitest';
import { RULE_GROUPS } from '../../dashboards/index.ts';
import { azureRuleGroups, isoDuration, seconds } from './rule-groups.ts';

const groups = azureRuleGroups(RULE_GROUPS);
const nameOf = (rule: { record?: string; alert?: string }) => rule.record ?? rule.alert;
const cluster = (rule: { expr: string }) => /\b(container|kube)_/.test(rule.expr);

describe('rule groups for Azure Monitor', () => {
  it('hold all of our rules in their order, but those over series of a cluster', () => {
    const ours = RULE_GROUPS.flatMap(({ rules }) => rules);
    expect(groups.flatMap(({ rules }) => rules.map(nameOf))).toEqual(
      ours.filter((rule) => !cluster(rule)).map(nameOf),
    );
    expect(ours.filter(cluster).map(nameOf)).toEqual(['SttMemoryNearLimit']);
  });

  it('keep to the limits: 20 rules, an evaluation a minute, names once', () => {
    for (const { rules, interval } of groups) {
      expect(rules.length).toBeLessThanOrEqual(20);
      expect(interval).toBe('PT1M');
    }
    expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
    expect(groups.length).toBeGreaterThan(RULE_GROUPS.length);
  });

  it('turn durations and severities into those of Azure', () => {
    const burn = groups
      .flatMap(({ rules }) => rules)
      .filter(({ alert }) => alert === 'SttAvailabilityBudgetBurn');
    expect(burn.map((rule) => [rule.for, rule.severity])).toEqual([
      ['PT2M', 1],
      ['PT15M', 1],
      ['PT1H', 2],
      ['PT3H', 2],
    ]);
    expect([isoDuration(30), isoDuration(90), isoDuration(86_400)]).toEqual([
      'PT30S',
      'PT90S',
      'PT24H',
    ]);
    expect(() => seconds('5 minutes')).toThrow('5 minutes is no duration');
  });
});
