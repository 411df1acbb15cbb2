/** Reads the file in which Pulumi keeps the configuration of a stack; writing is Pulumi's own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { YAML } from 'bun';
import { at } from './json.ts';
import { Refusal } from './refusal.ts';

/** From the root of the repository. */
export function configFile(stack: string): string {
  return `stacks/config/Pulumi.${stack}.yaml`;
}

/**
 * Full keys such as stt:name. Empty values and secrets are left out; there may be no file yet. `writer` is the command
 * that writes a new one. Throws `Refusal`.
 */
export function readConfig(
  root: string,
  stack: string,
  writer: string,
): Readonly<Record<string, string>> {
  const entries = Object.entries((parsed(root, stack, writer) ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter(([, value]) => isScalar(value)).map(([key, value]) => [key, String(value)]),
  );
}

/** Whether there is a value, also one that only Pulumi can read. Throws `Refusal`. */
export function hasConfig(root: string, stack: string, writer: string, key: string): boolean {
  return Boolean(at(parsed(root, stack, writer), key));
}

function isScalar(value: unknown): boolean {
  return (
    (typeof value === 'string' && value !== '') || ['number', 'boolean'].includes(typeof value)
  );
}

/** What stands under config; null where there is nothing. */
function parsed(root: string, stack: string, writer: string): unknown {
  const path = join(root, configFile(stack));
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  try {
    return at(YAML.parse(text), 'config');
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `${configFile(stack)} is no YAML (${what}). Mend it, or move it away and run ${writer}, which writes a new one.`,
    );
  }
}
