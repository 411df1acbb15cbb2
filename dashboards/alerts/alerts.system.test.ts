import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { BOARDS, RULE_GROUPS } from '../index.ts';
import { panelsOf } from '../lib/board.ts';
import { generatedFiles } from '../lib/files.ts';
import { isAlert } from '../lib/rules.ts';
import { targetsOf } from '../test/lint-rules.ts';
import { createPromtool } from '../test/promtool.ts';
import type { Promtool } from '../test/promtool.ts';
import { AVAILABILITY_CASES } from './cases/availability.ts';
import { LATENCY_CASES } from './cases/latency.ts';
import { POOL_CASES } from './cases/pool.ts';
import { SURROUNDINGS_CASES } from './cases/surroundings.ts';

const CASES = [...AVAILABILITY_CASES, ...LATENCY_CASES, ...POOL_CASES, ...SURROUNDINGS_CASES];

let promtool: Promtool;

beforeAll(() => {
  const tool = process.env['PROMTOOL'];
  if (tool === undefined || tool === '') {
    throw new Error('PROMTOOL is not set. Run `make test-system`, which finds promtool first.');
  }
  promtool = createPromtool(tool);
});

afterAll(() => promtool?.close());

describe('promtool', () => {
  it('takes the rule files', () => {
    for (const [path, content] of generatedFiles()) {
      if (path.endsWith('.yaml')) promtool.checkRules(path.replaceAll('/', '-'), content);
    }
  });

  it('takes the query of every panel', () => {
    const rules = BOARDS.flatMap((board) => panelsOf(board.build()).flatMap(targetsOf)).map(
      ({ expr }, index) => ({
        record: `panel:query:${index}`,
        expr: expr.replaceAll('$__rate_interval', '5m'),
      }),
    );
    expect(rules.length).toBeGreaterThan(50);
    promtool.checkRules('panels.yaml', stringify({ groups: [{ name: 'panels', rules }] }));
  });

  it('refuses a query with a type error, so that the above says something', () => {
    const rules = [{ record: 'a:b:c', expr: 'rate(sum(up))' }];
    expect(() =>
      promtool.checkRules('wrong.yaml', stringify({ groups: [{ name: 'wrong', rules }] })),
    ).toThrow('rate');
  });
});

describe.each(Object.entries(Object.groupBy(CASES, ({ alert }) => alert)))(
  '%s',
  (_, cases = []) => {
    it.each(cases)('$does', (alertCase) => {
      promtool.testAlert(alertCase);
    });
  },
);

describe('the cases', () => {
  it('see every alert fire, stay quiet and resolve, and its description once', () => {
    const names = RULE_GROUPS.flatMap(({ rules }) => rules.filter(isAlert)).map(
      ({ alert }) => alert,
    );
    for (const name of new Set(names)) {
      const cases = CASES.filter(({ alert }) => alert === name);
      const fires = cases.filter(({ at }) => Object.values(at).some((firing) => firing.length > 0));
      const quiet = cases.filter(({ at }) =>
        Object.values(at).every((firing) => firing.length === 0),
      );
      expect(fires.length, `${name} fires`).toBeGreaterThan(0);
      expect(quiet.length, `${name} stays quiet`).toBeGreaterThan(0);
      expect(
        cases.filter(({ does }) => does.startsWith('resolves')),
        name,
      ).toHaveLength(1);
      expect(
        cases.filter(({ description }) => description !== undefined),
        name,
      ).toHaveLength(1);
    }
  });
});
