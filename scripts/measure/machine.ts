/** The machine that a figure was measured on, and the code. */
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { MissingProgram, run } from '../verbs/programs.ts';
import type { Session } from '../verbs/session.ts';

export interface Machine {
  readonly cpu: string;
  /** That this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  /** Such as linux x64. */
  readonly system: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${arch()}`,
  };
}

/** The first characters of the commit, with `+` behind it where files differ from it; null outside git. */
export async function describeCommit({ root, env }: Session): Promise<string | null> {
  const git = async (...parts: readonly string[]) => run('git', parts, { env, cwd: root });
  try {
    const head = await git('rev-parse', '--short=10', 'HEAD');
    if (head.exitCode !== 0) return null;
    const changes = await git('status', '--porcelain', '--untracked-files=no');
    return head.stdout.trim() + (changes.stdout.trim() === '' ? '' : '+');
  } catch (error) {
    if (error instanceof MissingProgram) return null;
    throw error;
  }
}
