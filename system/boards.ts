/** The boards and rule files under test: the one place to switch them. */
import { join } from 'node:path';
import { SAMPLE_BOARDS } from './fixtures/sample-boards.ts';

export interface Board {
  readonly uid: string;
  readonly title: string;
  /** A classic Grafana dashboard. */
  build(): object;
}

export const BOARDS: readonly Board[] = SAMPLE_BOARDS;

/** Holds the rule files, `*.yaml`. */
export const RULES_DIRECTORY = join(import.meta.dirname, 'fixtures/rules');
