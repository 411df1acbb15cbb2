/** What tests of both stacks' settings share: a fault as text, and the example file as raw configuration. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { SettingsError } from '../lib/read-settings.ts';

/** The message of the `SettingsError` that is thrown; fails the test where none is. */
export function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message;
  }
  throw new Error('nothing was wrong');
}

export interface Example {
  readonly text: string;
  /** As Pulumi hands it on: objects as JSON. */
  readonly raw: Readonly<Record<string, string>>;
}

/** The committed example of a stack's configuration. */
export function readExample(stack: string): Example {
  const text = readFileSync(join(import.meta.dirname, `../config/${stack}.example.yaml`), 'utf8');
  const { config } = parse(text) as { readonly config: Readonly<Record<string, unknown>> };
  const raw = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return { text, raw: Object.fromEntries(raw) as Record<string, string> };
}
