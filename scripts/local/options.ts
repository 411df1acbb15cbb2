/** What was typed after `make deploy-local`, as configuration of the stack: it stays until something else is typed. */
import { join } from 'node:path';
import { localSettings } from '../../stacks/local/settings.ts';
import type { LocalSettings } from '../../stacks/local/settings.ts';
import { SettingsError } from '../../stacks/lib/read-settings.ts';
import { readVariables } from '../verbs/env-file.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Typed } from '../verbs/verb.ts';
import type { Config } from './stack.ts';

/** Each is a key of the stack. */
export const DEPLOY_OPTIONS = [
  'engine',
  'replicas',
  'cpu',
  'memory',
  'faults',
  'monitoring',
] as const;

/** Gives an option back its default. */
const NONE = 'none';

const RESOURCE_NAME = 'STT_AZURE_SPEECH_RESOURCE_NAME';

export interface Wanted {
  readonly set: Config;
  readonly remove: readonly string[];
  /** As they will be. */
  readonly settings: LocalSettings;
}

/** Reads and checks everything before anything is touched. `image` is what will run. Throws `Refusal`. */
export function wantedSettings(root: string, config: Config, typed: Typed, image: string): Wanted {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const option of DEPLOY_OPTIONS) {
    const value = typed(option);
    if (value === null) continue;
    if (value === NONE) remove.push(`stt:${option}`);
    else set[`stt:${option}`] = value;
  }
  const kept = Object.entries(config).filter(([key]) => !remove.includes(key));
  const settings = checked({ ...Object.fromEntries(kept), ...set, 'stt:image': image });
  mustReachAzure(root, settings);
  return { set, remove: remove.filter((key) => config[key] !== undefined), settings };
}

function checked(raw: Config): LocalSettings {
  try {
    return localSettings(raw);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const options = DEPLOY_OPTIONS.map((option) => `${option.toUpperCase()}=…`).join(' ');
    throw new Refusal(
      `${error.message}\nor type: make deploy-local ${options}; ${NONE} gives one back its default`,
      { cause: error },
    );
  }
}

function mustReachAzure(root: string, { engine, fallbackEngine, env }: LocalSettings): void {
  const remote = [engine, fallbackEngine].find((each) => each?.startsWith('azure-'));
  if (remote === undefined || env[RESOURCE_NAME]) return;
  if (readVariables(join(root, '.env'))[RESOURCE_NAME]) return;
  throw new Refusal(
    `${remote} needs a Speech resource on Azure, and .env names none (${RESOURCE_NAME}). Type: make provision, or without Azure: make deploy-local ENGINE=moonshine-base`,
  );
}
