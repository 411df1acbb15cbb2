/** The only reader of a stack's configuration and of `.env`: raw values in, typed settings out, every fault at once. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { runtime } from '@pulumi/pulumi';
import { azureSettings } from './azure/settings.ts';
import type { AzureSettings } from './azure/settings.ts';
import { localSettings } from './local/settings.ts';
import type { LocalSettings } from './local/settings.ts';

/** Of the repository; Pulumi runs the program in `stacks/`. */
const ENV_FILE = join(import.meta.dirname, '../.env');

/** What the configuration says under `stt:` and `azure-native:`, names with their prefix. Throws `SettingsError`. */
export function readAzureSettings(): AzureSettings {
  return azureSettings(runtime.allConfig());
}

/** What the configuration says under `stt:`. Throws `SettingsError`. */
export function readLocalSettings(): LocalSettings {
  return localSettings(runtime.allConfig());
}

/** What `.env` says; empty where there is none. */
export function readEnvFile(): Readonly<Record<string, string>> {
  if (!existsSync(ENV_FILE)) return {};
  return Object.fromEntries(
    Object.entries(parseEnv(readFileSync(ENV_FILE, 'utf8'))).map(([name, value]) => [
      name,
      String(value),
    ]),
  );
}
