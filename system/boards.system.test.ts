import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BOARDS, RULES_DIRECTORY } from './boards.ts';
import { examine } from './examine.ts';
import type { Finding, Window } from './examine.ts';
import { missingMetric, SAMPLE_BOARDS, sampleBoard } from './fixtures/sample-boards.ts';
import { strayEntries } from './no-data.ts';
import { startPlatform } from './platform.ts';
import type { Platform } from './platform.ts';
import { queriesOfBoard, queriesOfRuleFile, ruleFilesIn } from './queries.ts';
import type { Query } from './queries.ts';
import { driveTraffic } from './traffic.ts';
import type { Answers } from './traffic.ts';
import { waitFor } from './waiting.ts';

const RULE_FILES = ruleFilesIn(RULES_DIRECTORY);
const PANEL_QUERIES = BOARDS.flatMap(queriesOfBoard);
const RULE_QUERIES = RULE_FILES.flatMap(queriesOfRuleFile);

/** A rate needs two values at least. */
const SCRAPES_AFTER = 3;

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

let platform: Platform;
let answers: Answers;
let window: Window;

function tool(variable: string): string {
  const path = process.env[variable];
  if (path === undefined) throw new Error(`${variable} is not set: run \`make test-system\`.`);
  return path;
}

const rules = async () => {
  const { groups } = await platform.prometheus.ask<{ groups: { rules: Rule[] }[] }>('rules');
  return groups.flatMap((group) => group.rules);
};

beforeAll(async () => {
  platform = await startPlatform(tool('PROMETHEUS'), RULE_FILES);
  const from = Date.now() / 1000;
  answers = await driveTraffic(platform.services);
  const settled = Date.now() / 1000 + SCRAPES_AFTER;
  await waitFor('the last counts to be scraped and judged', async () => {
    const { prometheus } = platform;
    const late = await prometheus.instant(`timestamp(up) < ${settled}`);
    return late.length === 0 && (await rules()).every(({ health }) => health !== 'unknown');
  });
  window = { from, to: Date.now() / 1000 };
});

afterAll(() => platform?.stop());

const ask = (query: Query): Promise<Finding> => examine(platform.prometheus, query, window);

describe('the traffic', () => {
  it.each([
    ...[200, 400, 404, 405, 413, 415, 422, 503].map((status) => `pooled ${status}`),
    ...[200, 503, 504, null].map((status) => `sabotaged ${status}`),
    'unpooled 200',
    'unpooled 503',
    'unpooled 401',
    'azure 200',
  ])('had an answer "%s"', (answer) => {
    expect(answers.get(answer), JSON.stringify([...answers])).toBeGreaterThan(0);
  });

  it('was scraped from every target', async () => {
    const scraped = await platform.prometheus.instant('max_over_time(up[1m]) == 1');
    const { activeTargets } = await platform.prometheus.ask<{ activeTargets: object[] }>('targets');
    expect(scraped).toHaveLength(activeTargets.length);
  });
});

describe('the boards', () => {
  it.each(PANEL_QUERIES)('have data: $source: $name, $refId', async (query) => {
    expect((await ask(query)).complaint).toBeNull();
  });

  it('are named rightly in the list of queries without data', () => {
    expect(strayEntries([...PANEL_QUERIES, ...RULE_QUERIES])).toEqual([]);
  });
});

describe('the rules', () => {
  it.each(RULE_QUERIES)('can be asked: $source: $name', async (query) => {
    expect((await ask(query)).complaint).toBeNull();
  });

  it('are healthy in Prometheus', async () => {
    const found = await rules();
    expect(found.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(found).toHaveLength(RULE_QUERIES.length);
  });

  it.each(RULE_FILES)('pass promtool: %s', async (path) => {
    const child = Bun.spawn([tool('PROMTOOL'), 'check', 'rules', path], {
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const [said, complained] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    expect(await child.exited, said + complained).toBe(0);
  });
});

describe('an examination', () => {
  const examineSample = async (title: string, panels: readonly object[]) =>
    Promise.all(queriesOfBoard(sampleBoard(title, panels)).map(async (query) => ask(query)));
  const panelOf = (expr: string) => ({ title: 'P', targets: [{ refId: 'A', expr }] });

  it('names board, panel and metric when nobody exports it', async () => {
    expect(await examineSample('Broken', [missingMetric])).toEqual([
      {
        series: 0,
        complaint:
          'board "Broken", panel "Nothing", query A asks for stt_no_such_thing_total, which nobody exports.',
      },
    ]);
  });

  it.each([
    ['what cannot be parsed', 'sum(', 'parse error'],
    ['a variable that nobody sets', 'up{job="$nowhere"}', 'uses $nowhere, which nobody sets'],
    ['a panel without data', 'up{job="nobody"}', 'has no data'],
    ['a panel of no numbers', 'up - up > 1 or vector(0) / 0', 'has no data'],
  ])('complains of %s', async (_, expression, complaint) => {
    const [finding] = await examineSample('Broken', [panelOf(expression)]);
    expect(finding?.complaint).toContain(complaint);
  });

  it('reaches the panels inside rows', () => {
    const names = SAMPLE_BOARDS.flatMap(queriesOfBoard).map(({ name }) => name);
    expect(names).toEqual(['Requests', 'Requests', 'Latency', 'Memory', 'Errors']);
  });
});
