/** All boards and rules: the table of contents, and the door for other rooms. */
import { causeRules } from './alerts/causes.ts';
import { objectiveRules } from './alerts/objectives.ts';
import { azure } from './boards/azure.ts';
import { loadTest } from './boards/load-test.ts';
import { memoryBoard } from './boards/memory.ts';
import { overview } from './boards/overview.ts';
import { pool } from './boards/pool.ts';
import { CONFIG } from './config.ts';
import type { Config } from './config.ts';
import type { Board } from './lib/board.ts';
import type { RuleGroup } from './lib/rules.ts';

export { CONFIG };
export type { Board, Config, RuleGroup };

export const BOARDS: readonly Board[] = [overview, pool, memoryBoard, azure, loadTest];

/** Rules for an installation with a job, namespace or runbook address of its own. */
export function createRuleGroups(config: Config): readonly RuleGroup[] {
  return [objectiveRules(config), causeRules(config)];
}

export const RULE_GROUPS: readonly RuleGroup[] = createRuleGroups(CONFIG);
