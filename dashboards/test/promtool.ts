/** Runs promtool: checks rule files, and plays made-up series against the rules. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { RULE_GROUPS } from '../index.ts';
import { generatedFiles } from '../lib/files.ts';
import { isAlert } from '../lib/rules.ts';

/** Labels of an alert that fires, its name aside. */
export type Firing = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly alert: string;
  /** A sentence about the alert. */
  readonly does: string;
  /** Series and their values in promtool's notation, one value a minute. */
  readonly series: Readonly<Record<string, string>>;
  /** What fires at which time; an empty list says that nothing does. */
  readonly at: Readonly<Record<string, readonly Firing[]>>;
  /** Of the alert at the first time, to prove that its template works. */
  readonly description?: string;
  /** One minute unless said: cases over days take a longer one. */
  readonly evaluationInterval?: string;
}

export interface Promtool {
  /** Throws with promtool's words when it finds a fault. */
  checkRules(path: string, rules: string): void;
  testAlert(alertCase: AlertCase): void;
  close(): void;
}

/** @param tool path of promtool, 2.42 or newer */
export function createPromtool(tool: string): Promtool {
  const directory = mkdtempSync(join(tmpdir(), 'stt-rules-'));
  const ruleFiles: string[] = [];
  for (const [path, content] of generatedFiles()) {
    if (!path.endsWith('.yaml')) continue;
    ruleFiles.push(path.replaceAll('/', '-'));
    writeFileSync(join(directory, path.replaceAll('/', '-')), content);
  }
  let written = 0;

  function run(command: 'check' | 'test', path: string): void {
    const { success, stdout, stderr } = Bun.spawnSync([tool, command, 'rules', path], {
      cwd: directory,
    });
    if (!success) throw new Error(`promtool ${command} rules: ${stdout}${stderr}`);
  }

  return {
    checkRules(path, rules) {
      writeFileSync(join(directory, path), rules);
      run('check', path);
    },
    testAlert(alertCase) {
      const path = `case-${written++}.yaml`;
      writeFileSync(join(directory, path), stringify(testFile(alertCase, ruleFiles)));
      run('test', path);
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function testFile(alertCase: AlertCase, ruleFiles: readonly string[]): object {
  const { alert, series, at, description, evaluationInterval = '1m' } = alertCase;
  const [first] = Object.entries(at);
  return {
    rule_files: ruleFiles,
    evaluation_interval: evaluationInterval,
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: Object.entries(at).map(([time, firing]) => ({
          expr: `ALERTS{alertname="${alert}", alertstate="firing"}`,
          eval_time: time,
          exp_samples: firing.map((labels) => ({
            labels: `ALERTS${matchers({ alertname: alert, alertstate: 'firing', ...labels })}`,
            value: 1,
          })),
        })),
        ...(description !== undefined &&
          first !== undefined && {
            alert_rule_test: [
              {
                alertname: alert,
                eval_time: first[0],
                exp_alerts: first[1].map((labels) => ({
                  exp_labels: labels,
                  exp_annotations: { ...constantAnnotations(alert), description },
                })),
              },
            ],
          }),
      },
    ],
  };
}

function constantAnnotations(alert: string): object {
  const rule = RULE_GROUPS.flatMap(({ rules }) => rules)
    .filter(isAlert)
    .find(({ alert: name }) => name === alert);
  if (rule === undefined) throw new Error(`No alert is called ${alert}; name one of RULE_GROUPS.`);
  const { summary, runbook_url } = rule.annotations;
  return { summary, runbook_url };
}

function matchers(labels: Firing): string {
  return `{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
}
