/** Which commit the working tree is at, for a second tag of the image that people can read. */
import { MissingProgram, run } from '../verbs/programs.ts';
import type { Session } from '../verbs/session.ts';

const SHORT = '12';

export interface Commit {
  /** Twelve hexadecimal digits. */
  readonly sha: string;
  /** Something differs from the commit, new files included. */
  readonly dirty: boolean;
}

/** Null where there is no git, or no commit. */
export async function currentCommit({ root, env }: Session): Promise<Commit | null> {
  const git = async (parts: readonly string[]): Promise<string | null> => {
    const { exitCode, stdout } = await run('git', parts, { cwd: root, env });
    return exitCode === 0 ? stdout.trim() : null;
  };
  try {
    const sha = await git(['rev-parse', `--short=${SHORT}`, 'HEAD']);
    const status = await git(['status', '--porcelain']);
    return sha === null ? null : { sha, dirty: status !== '' };
  } catch (error) {
    if (error instanceof MissingProgram) return null;
    throw error;
  }
}

/** Such as 0123456789ab, with -dirty where something differs. */
export function commitTag({ sha, dirty }: Commit): string {
  return dirty ? `${sha}-dirty` : sha;
}
