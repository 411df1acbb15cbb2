/** What a PromQL expression selects and groups by, read from its syntax tree. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export interface LabelMatcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly LabelMatcher[];
  /** What stands in the brackets, or null for an instant selector. */
  readonly range: string | null;
  /** The function the selector is handed to directly, or null. */
  readonly calledBy: string | null;
}

export interface Grouping {
  readonly labels: readonly string[];
  /** Every selector below the aggregation. */
  readonly selectors: readonly Selector[];
}

export interface Expression {
  readonly selectors: readonly Selector[];
  readonly groupings: readonly Grouping[];
}

/** Stands for Grafana's variable while parsing: no duration that anybody would write. */
const RATE_INTERVAL_STAND_IN = '8869990787ms';
export const RATE_INTERVAL = '$__rate_interval';

/** Throws where the text is no PromQL. */
export function parseExpression(text: string): Expression {
  const source = text.replaceAll(RATE_INTERVAL, RATE_INTERVAL_STAND_IN);
  const selectors: Selector[] = [];
  const groupings: Grouping[] = [];
  parser.parse(source).iterate({
    enter({ type, node }) {
      if (type.isError) {
        throw new Error(`No PromQL at character ${node.from}: ${text}`);
      }
      if (type.name === 'VectorSelector') selectors.push(selectorOf(node, source));
      if (type.name === 'AggregateExpr') groupings.push(groupingOf(node, source));
    },
  });
  if (selectors.length === 0) throw new Error(`Nothing is selected: ${text}`);
  return { selectors, groupings };
}

function groupingOf(node: SyntaxNode, source: string): Grouping {
  const labels = node.getChild('AggregateModifier')?.getChild('GroupingLabels');
  return {
    labels: labels?.getChildren('LabelName').map((label) => textOf(label, source)) ?? [],
    selectors: descendants(node, 'VectorSelector').map((inner) => selectorOf(inner, source)),
  };
}

function selectorOf(node: SyntaxNode, source: string): Selector {
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : null;
  const range = matrix?.getChild('DurationExpr');
  const call = (matrix ?? node).parent?.parent;
  return {
    metric: textOf(node.getChild('Identifier'), source),
    matchers: matchers.map((matcher) => ({
      label: textOf(matcher.getChild('LabelName'), source),
      operator: textOf(matcher.getChild('MatchOp'), source),
      value: textOf(matcher.getChild('StringLiteral'), source).slice(1, -1),
    })),
    range: range ? textOf(range, source).replace(RATE_INTERVAL_STAND_IN, RATE_INTERVAL) : null,
    calledBy:
      call?.name === 'FunctionCall' ? textOf(call.getChild('FunctionIdentifier'), source) : null,
  };
}

function descendants(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((inner) => {
    if (inner.name === name) found.push(inner.node);
  });
  return found;
}

function textOf(node: SyntaxNode | null, source: string): string {
  return node === null ? '' : source.slice(node.from, node.to);
}
