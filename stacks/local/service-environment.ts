/** The environment of the service's container in a cluster. Pure. */
import { ENV } from '../../service/src/contract.ts';
import type { EnvName } from '../../service/src/contract.ts';
import {
  API_PORT,
  KEYS_DIRECTORY,
  KEYS_FILE_NAME,
  METRICS_PORT,
  SPOOL_DIRECTORY,
} from '../lib/container.ts';
import type { LocalSettings } from './settings.ts';

export const SPOOL_MB = 2048;
export const SHUTDOWN_GRACE_SECONDS = 30;

/** What the stack decides; neither `.env` nor the configuration's own variables may. */
const MANAGED = [
  'HOST',
  'PORT',
  'METRICS_PORT',
  'STT_API_KEYS_FILE',
  'STT_SPOOL_DIR',
  'STT_SPOOL_MAX_MB',
  'SHUTDOWN_GRACE',
  'STT_ENGINE',
  'STT_FALLBACK_ENGINE',
  'PROCESS_POOL_SIZE',
  'STT_FAULTS',
  'STT_ALLOW_FAULTS',
] as const satisfies readonly EnvName[];

export const MANAGED_VARIABLES: ReadonlySet<string> = new Set(MANAGED);

/**
 * Variables as the service reads them; empty ones are left out. `envFile` is what `.env` says: of that only the service's
 * own settings count, none of which is a secret. The configuration's own variables win over it, the stack's over both.
 */
export function serviceEnvironment(
  settings: LocalSettings,
  envFile: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const managed: Record<(typeof MANAGED)[number], string> = {
    HOST: '0.0.0.0',
    PORT: String(API_PORT),
    METRICS_PORT: String(METRICS_PORT),
    STT_API_KEYS_FILE: settings.apiKeys === undefined ? '' : `${KEYS_DIRECTORY}/${KEYS_FILE_NAME}`,
    STT_SPOOL_DIR: SPOOL_DIRECTORY,
    STT_SPOOL_MAX_MB: String(SPOOL_MB),
    SHUTDOWN_GRACE: String(SHUTDOWN_GRACE_SECONDS),
    STT_ENGINE: settings.engine,
    STT_FALLBACK_ENGINE: settings.fallbackEngine ?? '',
    PROCESS_POOL_SIZE: String(settings.poolSize),
    STT_FAULTS: settings.faults ?? '',
    STT_ALLOW_FAULTS: settings.faults === undefined ? '' : 'true',
  };
  const known = new Set<string>(ENV);
  const own = Object.entries(envFile).filter(([name]) => known.has(name));
  return Object.fromEntries(
    Object.entries({ ...Object.fromEntries(own), ...settings.env, ...managed }).filter(
      ([, value]) => value !== '',
    ),
  );
}
