/** The programs that the verbs need: whether they are there, new enough, and find each other. */
import { AZ_IS_MISSING } from './az.ts';
import { textAt } from './json.ts';
import { MissingProgram, run } from './programs.ts';
import { PULUMI_IS_MISSING } from './pulumi.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

/** The first that runs Bun programs. */
export const OLDEST_PULUMI = '3.227.0';
/** Has Container Apps without an extension. */
export const OLDEST_AZ = '2.60.0';

/** The versions of az and pulumi. Throws `Refusal`. */
export async function checkTools(session: Session): Promise<{ az: string; pulumi: string }> {
  const [az, pulumi] = await Promise.all([azVersion(session), pulumiVersion(session)]);
  if (!atLeast(az, OLDEST_AZ)) {
    throw new Refusal(`az is ${az}; ${OLDEST_AZ} or newer is needed. Type: az upgrade`);
  }
  if (!atLeast(pulumi, OLDEST_PULUMI)) {
    throw new Refusal(
      `pulumi is ${pulumi}; ${OLDEST_PULUMI} or newer is needed, the first that runs Bun programs. Get it: https://www.pulumi.com/docs/install`,
    );
  }
  return { az, pulumi };
}

/** Whether a version such as 3.259.0 is as new as another; what follows the numbers does not count. */
export function atLeast(version: string, oldest: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).slice(0, 3).map(Number);
  const found = numbers(version);
  for (const [index, wanted] of numbers(oldest).entries()) {
    const difference = (found[index] ?? 0) - wanted;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

async function azVersion({ root, env }: Session): Promise<string> {
  const text = await stdoutOf('az', ['version', '-o', 'json'], AZ_IS_MISSING, { root, env });
  let version: string | null = null;
  try {
    version = textAt(JSON.parse(text), 'azure-cli');
  } catch {
    // Said below.
  }
  if (version !== null) return version;
  throw new Refusal(
    `az version tells no version. Type: az version, and install az again if it fails.`,
  );
}

async function pulumiVersion({ root, env }: Session): Promise<string> {
  const text = await stdoutOf('pulumi', ['version'], PULUMI_IS_MISSING, { root, env });
  const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(text.trim())?.[1];
  if (version !== undefined) return version;
  throw new Refusal(
    'pulumi version tells no version. Type: pulumi version, and install pulumi again if it fails.',
  );
}

async function stdoutOf(
  program: string,
  parts: readonly string[],
  missing: string,
  { root, env }: Pick<Session, 'root' | 'env'>,
): Promise<string> {
  try {
    return (await run(program, parts, { cwd: root, env })).stdout;
  } catch (error) {
    if (error instanceof MissingProgram) throw new Refusal(missing);
    throw error;
  }
}
