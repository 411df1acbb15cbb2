/** Rule groups as Prometheus reads them, typed: recordings first, alerts over them. */
import type { Severity } from '../config.ts';

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>> & { readonly severity: Severity };
  readonly annotations: {
    /** A constant sentence. */
    readonly summary: string;
    /** The same with values and labels. */
    readonly description: string;
    readonly runbook_url: string;
  };
}

export type Rule = RecordingRule | AlertingRule;

export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

export function isAlert(rule: Rule): rule is AlertingRule {
  return 'alert' in rule;
}

export interface AlertSpec {
  readonly expr: string;
  readonly for: string;
  readonly severity: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
}

/** An alert whose runbook follows from its name. */
export function alert(runbookUrl: string, name: string, spec: AlertSpec): AlertingRule {
  return {
    alert: name,
    expr: spec.expr,
    for: spec.for,
    labels: { ...spec.labels, severity: spec.severity },
    annotations: {
      summary: spec.summary,
      description: spec.description,
      runbook_url: `${runbookUrl}#${name.toLowerCase()}`,
    },
  };
}
