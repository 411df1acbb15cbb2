/** The boards and rule files under test: the one place to switch them. */
import { join } from 'node:path';
import { BOARDS as ALL } from '../dashboards/index.ts';

export interface Board {
  readonly uid: string;
  readonly title: string;
  /** A classic Grafana dashboard. */
  build(): object;
}

export const BOARDS: readonly Board[] = ALL;

/** Holds the rule files as they are shipped, `*.yaml`. */
export const RULES_DIRECTORY = join(import.meta.dirname, '../dashboards/dist/rules');
