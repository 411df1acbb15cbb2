import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { BOARDS } from '../index.ts';
import { panelsOf } from '../lib/board.ts';
import { parseExpression } from './expression.ts';
import { KNOWN_SERIES } from './known-series.ts';
import { EXEMPTIONS, LINT_RULES, targetsOf } from './lint-rules.ts';

/** One way to break each rule. */
const BREAKS: Readonly<Record<string, (board: Dashboard) => void>> = {
  'template-datasource': (board) => dropVariable(board, 'datasource'),
  'template-job': (board) => dropVariable(board, 'job'),
  'template-instance': (board) => change(variable(board, 'instance'), { multi: false }),
  'template-label-promql': (board) => change(variable(board, 'job'), { query: 'label_values(a{)' }),
  'template-on-time-change-reload': (board) => change(variable(board, 'job'), { refresh: 1 }),
  'panel-datasource': (board) => change(first(board), { datasource: { uid: 'prometheus' } }),
  'panel-title-description': (board) => change(first(board), { description: '' }),
  'panel-units': (board) => change(first(board).fieldConfig?.defaults ?? {}, { unit: 'bananas' }),
  'panel-no-targets': (board) => change(first(board), { targets: [] }),
  'target-logql': (board) => changeTarget(board, { datasource: { type: 'loki' } }),
  'target-logql-auto': (board) => changeTarget(board, { datasource: { type: 'loki' } }),
  'target-promql': (board) => changeTarget(board, { expr: 'sum(up' }),
  'target-rate-interval': (board) => changeTarget(board, { expr: 'rate(x_total[5m])' }),
  'target-job': (board) => changeTarget(board, { expr: 'up{instance=~"$instance"}' }),
  'target-instance': (board) => changeTarget(board, { expr: 'up{job=~"$job"}' }),
  'target-counter-agg': (board) => changeTarget(board, { expr: 'sum(x_total)' }),
  'uneditable-dashboard': (board) => change(board, { editable: true }),
};

describe.each(BOARDS.map((board) => [board.uid, board.build()] as const))(
  'board %s',
  (_, board) => {
    it.each(Object.entries(LINT_RULES))('keeps the rule %s', (_, rule) => {
      expect(rule(board)).toEqual([]);
    });

    it('gives each panel an id and each query a letter of its own', () => {
      const ids = (board.panels ?? [])
        .map(({ id }) => id)
        .concat(panelsOf(board).map(({ id }) => id));
      expect(ids).not.toContain(undefined);
      expect(new Set(panelsOf(board).map(({ id }) => id)).size).toBe(panelsOf(board).length);
      for (const panel of panelsOf(board)) {
        const letters = targetsOf(panel).map(({ refId }) => refId);
        expect(letters, panel.title).toEqual([...'ABCDEF'].slice(0, letters.length));
      }
    });

    it('says of each panel what good looks like', () => {
      const silent = panelsOf(board).filter(
        ({ description }) => !/\bGood: |judge/.test(description ?? ''),
      );
      expect(silent.map(({ title }) => title)).toEqual([]);
    });

    it('keeps its panels on the grid, none on another', () => {
      const cells = new Set<string>();
      for (const { title, gridPos } of panelsOf(board)) {
        const { x = -1, y = -1, w = 0, h = 0 } = gridPos ?? {};
        expect(x >= 0 && x + w <= 24, title).toBe(true);
        for (let row = y; row < y + h; row++) {
          for (let column = x; column < x + w; column++) {
            expect(cells.has(`${column} ${row}`), `${title} overlaps`).toBe(false);
            cells.add(`${column} ${row}`);
          }
        }
      }
    });

    it('sets the variables that its queries use', () => {
      const set = (board.templating.list ?? []).map(({ name }) => `$${name}`);
      const used = panelsOf(board).flatMap((panel) =>
        targetsOf(panel).flatMap(({ expr }) => expr.match(/\$[a-z]\w*/g) ?? []),
      );
      expect([...new Set(used)].filter((name) => !set.includes(name))).toEqual([]);
    });

    it('links to the other boards and keeps time and variables on the way', () => {
      expect(board.links).toMatchObject([
        { type: 'dashboards', tags: ['stt'], keepTime: true, includeVars: true },
      ]);
      expect(board.links?.[0]).not.toHaveProperty('placement');
      expect(board.tags).toContain('stt');
    });

    it('comes out of JSON as it went in, without numbers that only one Grafana knows', () => {
      expect(JSON.parse(JSON.stringify(board))).toEqual(board);
      expect(board).not.toHaveProperty('id');
      expect(board.schemaVersion).toBeGreaterThanOrEqual(36);
    });
  },
);

describe('the boards', () => {
  it('have uids that links and stacks rely on', () => {
    expect(BOARDS.map(({ uid }) => uid)).toEqual([
      'stt-overview',
      'stt-pool',
      'stt-memory',
      'stt-azure',
      'stt-load-test',
    ]);
    for (const board of BOARDS)
      expect(board.build()).toMatchObject({ uid: board.uid, title: board.title });
  });
});

describe('the rules of the linter', () => {
  it.each(Object.entries(BREAKS))('would complain: %s', (name, breakIt) => {
    const board = structuredClone(BOARDS[0]!.build());
    breakIt(board);
    expect(LINT_RULES[name]?.(board)).not.toEqual([]);
  });

  it('are all seventeen, each broken once', () => {
    expect(Object.keys(LINT_RULES)).toHaveLength(17);
    expect(Object.keys(BREAKS)).toEqual(Object.keys(LINT_RULES));
  });

  it('ask for job and instance of every series that has them, and of no other', () => {
    for (const label of ['job', 'instance']) {
      const waived = [...KNOWN_SERIES.keys()].filter((name) =>
        EXEMPTIONS.some(
          ({ rules, series }) => rules.includes(`target-${label}`) && series.test(name),
        ),
      );
      // What a rule records keeps its job alone, and has no need of a waiver.
      const without = [...KNOWN_SERIES].filter(([, labels]) => !labels.has('job'));
      expect(waived, label).toEqual(without.map(([name]) => name));
    }
  });

  it('are waived only for series that boards show', () => {
    const shown = BOARDS.flatMap((board) =>
      panelsOf(board.build()).flatMap((panel) =>
        targetsOf(panel).flatMap(({ expr }) => parseExpression(expr).selectors),
      ),
    );
    for (const { series, reason } of EXEMPTIONS) {
      expect(
        shown.some(({ metric }) => series.test(metric)),
        reason,
      ).toBe(true);
    }
  });
});

function variable(board: Dashboard, name: string): object {
  return board.templating.list?.find((entry) => entry.name === name) ?? {};
}

function dropVariable(board: Dashboard, name: string): void {
  board.templating.list = board.templating.list?.filter((entry) => entry.name !== name) ?? [];
}

function first(board: Dashboard): Panel {
  return panelsOf(board)[0]!;
}

function changeTarget(board: Dashboard, values: object): void {
  change(targetsOf(first(board))[0]!, values);
}

function change(target: object, values: object): void {
  Object.assign(target, values);
}
