/** Programs that verbs need: whether they are there, and new enough. */
import { MissingProgram, run } from './programs.ts';
import { PULUMI_IS_MISSING } from './pulumi.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';

/** The first that runs Bun programs. */
export const OLDEST_PULUMI = '3.227.0';

export interface Tool {
  /** As on PATH. */
  readonly name: string;
  /** Arguments that make it tell its version. */
  readonly parts: readonly string[];
  /** Of what it prints; null where that is no version. */
  readonly versionIn: (stdout: string) => string | null;
  readonly oldest: string;
  /** The whole sentence where it is missing. */
  readonly missing: string;
  /** What follows "is 1.2.3; 1.3.0 or newer is needed". */
  readonly update: string;
}

export const PULUMI: Tool = {
  name: 'pulumi',
  parts: ['version'],
  versionIn: firstVersion,
  oldest: OLDEST_PULUMI,
  missing: PULUMI_IS_MISSING,
  update: ', the first that runs Bun programs. Get it: https://www.pulumi.com/docs/install',
};

/** The version, of a tool that is new enough. Throws `Refusal`. */
export async function toolVersion({ root, env }: Session, tool: Tool): Promise<string> {
  const { name, parts, versionIn, oldest, missing, update } = tool;
  let stdout: string;
  try {
    stdout = (await run(name, parts, { cwd: root, env })).stdout;
  } catch (error) {
    if (error instanceof MissingProgram) throw new Refusal(missing);
    throw error;
  }
  const version = versionIn(stdout);
  if (version === null) {
    const command = `${name} ${parts[0]}`;
    throw new Refusal(
      `${command} tells no version. Type: ${command}, and install ${name} again if it fails.`,
    );
  }
  if (!atLeast(version, oldest)) {
    throw new Refusal(`${name} is ${version}; ${oldest} or newer is needed${update}`);
  }
  return version;
}

/** Of a text that begins with one, such as v3.259.0; without the v. */
export function firstVersion(text: string): string | null {
  return /^v?(\d+\.\d+\.\d+\S*)/.exec(text.trim())?.[1] ?? null;
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
