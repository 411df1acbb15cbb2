/** Every expression that boards and rule files would ask of Prometheus, with the place it comes from. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Board } from './boards.ts';

export interface Query {
  /** Uid of the board, or name of the rule group. */
  readonly source: string;
  /** Title of the panel, or name of the rule. */
  readonly name: string;
  readonly refId: string;
  readonly expression: string;
  /** What a person needs to find it. */
  readonly place: string;
  /** An alert has data only while something is wrong. */
  readonly mayBeEmpty: boolean;
  readonly variables: readonly Variable[];
}

/** A template variable of a board. */
export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query?: string | { readonly query?: string };
  readonly current?: { readonly value?: string | readonly string[] };
}

interface Panel {
  readonly title?: string;
  readonly targets?: readonly { readonly refId?: string; readonly expr?: string }[];
  readonly panels?: readonly Panel[];
}

interface Dashboard {
  readonly panels?: readonly Panel[];
  readonly templating?: { readonly list?: readonly Variable[] };
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
}

export interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly interval?: string;
    readonly rules: readonly Rule[];
  }[];
}

export function queriesOfBoard(board: Board): Query[] {
  const dashboard = board.build() as Dashboard;
  const variables = dashboard.templating?.list ?? [];
  const queriesOf = (panel: Panel): Query[] => [
    ...(panel.targets ?? []).map(({ refId = '?', expr = '' }) => ({
      source: board.uid,
      name: panel.title ?? '',
      refId,
      expression: expr,
      place: `board "${board.title}", panel "${panel.title}", query ${refId}`,
      mayBeEmpty: false,
      variables,
    })),
    ...(panel.panels ?? []).flatMap(queriesOf),
  ];
  return (dashboard.panels ?? []).flatMap(queriesOf);
}

/** Paths of the rule files in a directory. */
export function ruleFilesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(directory, name));
}

export function readRuleFile(path: string): RuleFile {
  return Bun.YAML.parse(readFileSync(path, 'utf8')) as RuleFile;
}

export function queriesOfRuleFile(path: string): Query[] {
  return readRuleFile(path).groups.flatMap(({ name: source, rules }) =>
    rules.map(({ record, alert, expr }) => {
      const name = record ?? alert ?? '';
      return {
        source,
        name,
        refId: 'rule',
        expression: expr,
        place: `rule group "${source}", rule "${name}"`,
        mayBeEmpty: alert !== undefined,
        variables: [],
      };
    }),
  );
}
