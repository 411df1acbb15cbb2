/** The k6 that runs the tests: on PATH, or built by Go into .tools/bin. */
import { join } from 'node:path';
import { run } from '../verbs/programs.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';

export interface K6 {
  readonly path: string;
  /** Such as 2.2.0. */
  readonly version: string;
}

/** Throws `Refusal` where there is none and none can be built. */
export async function findK6({ root, env, say }: Session): Promise<K6> {
  const { exitCode, stdout, stderr } = await run(join(root, 'scripts/tools/find-tool.sh'), ['k6'], {
    env,
    cwd: root,
    show: (chunk, stream) => stream === 'stderr' && say.stream(chunk),
  });
  const path = stdout.trim();
  if (exitCode !== 0 || path === '') {
    throw new Refusal(
      stderr.includes('missing')
        ? 'There is no k6. With Homebrew: brew install k6; on Windows: winget install k6; for the rest: https://grafana.com/docs/k6/latest/set-up/install-k6. Then type the same again.'
        : 'k6 could not be built, see above. Install 2.2 or newer (https://grafana.com/docs/k6/latest/set-up/install-k6), then type the same again.',
    );
  }
  const told = await run(path, ['version'], { env, cwd: root });
  return { path, version: /v(\d+\.\d+\.\d+)/.exec(told.stdout)?.[1] ?? 'unknown' };
}
