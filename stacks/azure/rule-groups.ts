/** Our Prometheus rules in the shape of Azure Monitor's rule groups. Pure. */
import type { RuleGroup } from '../../dashboards/index.ts';

/** Azure Monitor takes so many rules a group. */
const MAX_RULES = 20;
/** It evaluates no group more often than once a minute. */
const SHORTEST_INTERVAL_SECONDS = 60;

/** Azure's severities: 0 is the worst. */
const SEVERITY = { critical: 1, warning: 2 } as const;

/** Series of cAdvisor and kube-state-metrics, which Container Apps does not have. */
const CLUSTER_SERIES = /\b(container|kube)_[a-z_]+/;

export interface AzureRule {
  readonly record?: string;
  readonly alert?: string;
  readonly expression: string;
  /** ISO 8601. */
  readonly for?: string;
  readonly severity?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly resolveConfiguration?: {
    readonly autoResolved: boolean;
    readonly timeToResolve: string;
  };
}

export interface AzureRuleGroup {
  readonly name: string;
  /** ISO 8601. */
  readonly interval: string;
  readonly rules: readonly AzureRule[];
}

/**
 * Groups that are too long are cut; the order of rules stays, so recordings still come before the alerts over them. Rules
 * over a cluster's own series are left out: they would never have data, and the platform's metric alerts watch memory.
 */
export function azureRuleGroups(groups: readonly RuleGroup[]): readonly AzureRuleGroup[] {
  return groups.flatMap(({ name, interval, rules }) => {
    const kept = rules.filter(({ expr }) => !CLUSTER_SERIES.test(expr)).map(azureRule);
    const parts = chunks(kept, MAX_RULES);
    return parts.map((part, index) => ({
      name: parts.length === 1 ? name : `${name}-${index + 1}`,
      interval: isoDuration(Math.max(seconds(interval), SHORTEST_INTERVAL_SECONDS)),
      rules: part,
    }));
  });
}

function azureRule(rule: RuleGroup['rules'][number]): AzureRule {
  if ('record' in rule) return { record: rule.record, expression: rule.expr };
  return {
    alert: rule.alert,
    expression: rule.expr,
    for: isoDuration(seconds(rule.for)),
    severity: SEVERITY[rule.labels.severity],
    labels: { ...rule.labels },
    annotations: { ...rule.annotations },
    resolveConfiguration: { autoResolved: true, timeToResolve: 'PT5M' },
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration as Prometheus writes it, such as 30s or 3h. Throws for another form. */
export function seconds(duration: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new Error(`${duration} is no duration such as 30s, 5m or 3h`);
  }
  return Number(amount) * (UNITS[unit] ?? 1);
}

/** ISO 8601 of whole seconds, in the largest unit that needs no fraction. */
export function isoDuration(total: number): string {
  if (total % 3600 === 0 && total > 0) return `PT${total / 3600}H`;
  if (total % 60 === 0) return `PT${total / 60}M`;
  return `PT${total}S`;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
