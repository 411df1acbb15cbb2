/** Reads the file in which Pulumi keeps the configuration of the stack; writing is Pulumi's own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { YAML } from 'bun';
import { at } from './json.ts';
import { Refusal } from './refusal.ts';

export const STACK = 'azure';
export const CONFIG_FILE = `stacks/config/Pulumi.${STACK}.yaml`;

/** Full keys such as stt:name. Empty values and secrets are left out; there may be no file yet. Throws `Refusal`. */
export function readStackConfig(root: string): Readonly<Record<string, string>> {
  const path = join(root, CONFIG_FILE);
  if (!existsSync(path)) return {};
  const config = at(parsed(readFileSync(path, 'utf8')), 'config');
  const entries = Object.entries((config ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter(([, value]) => isScalar(value)).map(([key, value]) => [key, String(value)]),
  );
}

/** Throws `Refusal` where a stack that holds resources has no configuration here, as in a second clone. */
export function mustHaveConfig(config: Readonly<Record<string, string>>): void {
  if (config['azure-native:location'] !== undefined) return;
  throw new Refusal(
    `The stack holds resources, and ${CONFIG_FILE} does not say in which region: it was written in another clone. Type: pulumi config refresh --stack ${STACK}, then the same again`,
  );
}

/** Whether there is a value, also one that only Pulumi can read. */
export function hasValue(root: string, key: string): boolean {
  const path = join(root, CONFIG_FILE);
  return existsSync(path) && Boolean(at(parsed(readFileSync(path, 'utf8')), 'config', key));
}

function isScalar(value: unknown): boolean {
  return (
    (typeof value === 'string' && value !== '') || ['number', 'boolean'].includes(typeof value)
  );
}

function parsed(text: string): unknown {
  try {
    return YAML.parse(text);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `${CONFIG_FILE} is no YAML (${what}). Mend it, or move it away and run make provision, which writes a new one.`,
    );
  }
}
