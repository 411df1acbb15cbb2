/** What a run leaves behind: the file that pages, results and comparisons are made from. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../k6/lib/settings.ts';
import type { Summary } from '../../k6/lib/summary.ts';
import type { ServiceStatus } from '../measure/status.ts';
import type { Counts } from './k6-counts.ts';
import type { Machine } from '../measure/machine.ts';

export const RESULTS = 'results';
export const VERSION = 1;

/** `thresholds`: k6 measured all of it, and a limit was crossed. `failed`: k6 could not do its work. */
export type Verdict = 'passed' | 'thresholds' | 'interrupted' | 'failed';

export interface Sample {
  /** Since the start. */
  readonly second: number;
  /** Null where k6 did not say. */
  readonly load: Counts | null;
  /** Null where the status page could not be read; of several services it is the sum. */
  readonly service: ServiceStatus | null;
}

export interface Result {
  readonly version: typeof VERSION;
  readonly startedAt: string;
  /** As it was typed, without keys. */
  readonly command: string;
  readonly commit: string | null;
  readonly machine: Machine;
  readonly k6: string;
  readonly settings: Omit<Settings, 'apiKey'>;
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** Null where k6 ended before it could sum up. */
  readonly summary: Summary | null;
  readonly samples: readonly Sample[];
}

/** Exit codes of k6: https://grafana.com/docs/k6/latest/using-k6/thresholds and its errext/exitcodes. */
const K6_EXIT = { thresholds: 99, interrupted: 105 } as const;

export function verdictOf(exitCode: number): Verdict {
  if (exitCode === 0) return 'passed';
  if (exitCode === K6_EXIT.thresholds) return 'thresholds';
  return exitCode === K6_EXIT.interrupted ? 'interrupted' : 'failed';
}

export function withoutKey(settings: Settings): Omit<Settings, 'apiKey'> {
  const rest: Partial<Settings> = { ...settings };
  delete (rest as { apiKey?: string }).apiKey;
  return rest as Omit<Settings, 'apiKey'>;
}

export interface Files {
  readonly json: string;
  readonly html: string;
  /** k6's own report. */
  readonly k6Html: string;
  /** What k6 writes and the result takes in. */
  readonly summary: string;
}

/** Absolute paths; the folder is made. */
export function resultFiles(root: string, startedAt: Date, mode: string): Files {
  const folder = join(root, RESULTS);
  mkdirSync(folder, { recursive: true });
  const name = `${startedAt.toISOString().slice(0, 19).replaceAll(':', '')}-${mode}`;
  const path = (end: string) => join(folder, `${name}${end}`);
  return {
    json: path('.json'),
    html: path('.html'),
    k6Html: path('.k6.html'),
    summary: path('.summary.json'),
  };
}

export function writeResult(file: string, result: Result): void {
  writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
}
