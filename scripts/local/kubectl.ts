/** `kubectl` for the one cluster, whatever context is the current one. */
import { run } from '../verbs/programs.ts';
import type { Outcome, RunOptions } from '../verbs/programs.ts';
import type { Session } from '../verbs/session.ts';
import { ProgramError } from './program-error.ts';
import { CLUSTER } from './stack.ts';

export interface Kubectl {
  /** What it prints. Rejects with `ProgramError`. */
  (parts: readonly string[]): Promise<string>;
  /** What it prints, or what it said as it failed: for looking on. */
  tried(parts: readonly string[]): Promise<string>;
  /** Shows what it prints as it comes. Rejects with `ProgramError`. */
  shown(parts: readonly string[], show: (chunk: string) => void): Promise<void>;
}

export function createKubectl({ root, env }: Session): Kubectl {
  const options: RunOptions = { cwd: root, env };
  const outcomeOf = (parts: readonly string[], more: Partial<RunOptions> = {}) =>
    run('kubectl', ['--context', CLUSTER, ...parts], { ...options, ...more });
  const mustSucceed = (outcome: Outcome): string => {
    if (outcome.exitCode !== 0) throw new ProgramError('kubectl', outcome);
    return outcome.stdout;
  };
  return Object.assign(async (parts: readonly string[]) => mustSucceed(await outcomeOf(parts)), {
    async tried(parts: readonly string[]) {
      const { stdout, stderr } = await outcomeOf(parts);
      return `${stdout.trim()}\n${stderr.trim()}`.trim();
    },
    async shown(parts: readonly string[], show: (chunk: string) => void) {
      mustSucceed(await outcomeOf(parts, { show }));
    },
  });
}
