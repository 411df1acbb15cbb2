/** Where a load test's settings come from: `.env.k6`, then the environment, then what was typed after make. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { USUAL_LISTS } from '../../k6/lib/recordings.ts';
import { readSettings, SettingsError, VARIABLES } from '../../k6/lib/settings.ts';
import type { Settings } from '../../k6/lib/settings.ts';
import { readRemote, REMOTE_FILE } from '../azure/remote-file.ts';
import { readVariables } from '../verbs/env-file.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Environment } from '../verbs/session.ts';

export const SETTINGS_FILE = '.env.k6';
/** Writes k6's own series to a Prometheus where it is set. */
export const PROMETHEUS = 'PROMETHEUS_URL';

/** Desktops set these for purposes of their own. */
const TYPED_ALONE: readonly string[] = ['LANGUAGE'];

export interface Wanted {
  readonly settings: Settings;
  /** What k6 is given: the variables that were set, and no others. */
  readonly variables: Readonly<Record<string, string>>;
  /** Null for no remote write. */
  readonly prometheusUrl: string | null;
}

/**
 * `typed` names what make was given on its command line; make hands the values on in the environment. `MODE` is short for
 * `TEST_MODE`. Throws `Refusal` with every fault at once.
 */
export function readWanted(root: string, env: Environment, typed: readonly string[]): Wanted {
  const file = readVariables(join(root, SETTINGS_FILE));
  const value = (name: string): string => {
    const found = TYPED_ALONE.includes(name) && !typed.includes(name) ? '' : env[name];
    return found?.trim() || file[name]?.trim() || '';
  };
  const variables: Record<string, string> = {};
  for (const name of VARIABLES) if (value(name) !== '') variables[name] = value(name);
  const mode = env['MODE']?.trim();
  if (mode && typed.includes('MODE')) variables['TEST_MODE'] = mode;
  Object.assign(variables, target(root, env, typed));
  const list = variables['AUDIO_FILES_LIST'] ?? usualList(root);
  variables['AUDIO_FILES_LIST'] = list;
  try {
    const settings = readSettings(variables);
    if (!existsSync(resolve(root, list))) throw new Refusal(noList(list));
    return { settings, variables, prometheusUrl: writeUrl(value(PROMETHEUS)) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new Refusal(
      `${error.message}\nSet them after make load-test, in the environment or in ${SETTINGS_FILE}; ${SETTINGS_FILE}.example explains each.`,
      { cause: error },
    );
  }
}

/** Address and key of what is deployed on Azure; what was typed still wins. */
function target(
  root: string,
  env: Environment,
  typed: readonly string[],
): Readonly<Record<string, string>> {
  const name = env['TARGET']?.trim() ?? '';
  if (name === '' || !typed.includes('TARGET')) return {};
  if (name !== 'azure') {
    throw new Refusal(`TARGET=${name} cannot be: it is azure, or nothing for BASE_URL.`);
  }
  const own = Object.fromEntries(
    ['BASE_URL', 'API_KEY'].map((key) => [key, typed.includes(key) ? env[key] : undefined]),
  );
  const { baseUrl, apiKey } = readRemote(join(root, REMOTE_FILE), own);
  return { BASE_URL: baseUrl, ...(apiKey !== '' && { API_KEY: apiKey }) };
}

/** Named for k6 as well, so that what is said and what is uploaded are the same. */
function usualList(root: string): string {
  return USUAL_LISTS.find((list) => existsSync(join(root, list))) ?? USUAL_LISTS[0];
}

function noList(list: string): string {
  return `AUDIO_FILES_LIST=${list}: there is no such file. make generate-audio-list writes ${USUAL_LISTS[0]}.`;
}

/** The receiver of a Prometheus, where only its address was given. */
function writeUrl(text: string): string | null {
  if (text === '') return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new Refusal(
      `${PROMETHEUS}=${url === null ? text : url.host}: an address such as http://127.0.0.1:9090, without a user; K6_PROMETHEUS_RW_USERNAME and K6_PROMETHEUS_RW_PASSWORD hold those.`,
    );
  }
  if (url.pathname === '/') url.pathname = '/api/v1/write';
  return url.href;
}
