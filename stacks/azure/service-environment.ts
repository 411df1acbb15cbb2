/** The environment of the service's container on Azure. Pure. */
import type { EnvName } from '../../service/src/contract.ts';
import {
  API_PORT,
  KEYS_DIRECTORY,
  KEYS_FILE_NAME,
  METRICS_PORT,
  SPOOL_DIRECTORY,
} from '../lib/container.ts';
import type { AzureSettings } from './settings.ts';
import { spoolMb } from './sizes.ts';

/** Container Apps cuts a request after 240 s; the answer of the service itself must come before. */
const REQUEST_BUDGET_SECONDS = 230;
/** Whoever was admitted is also answered while a revision is replaced. */
const SHUTDOWN_GRACE_SECONDS = REQUEST_BUDGET_SECONDS + 5;
/** Beyond the service's own: time to end its processes. */
export const TERMINATION_GRACE_SECONDS = SHUTDOWN_GRACE_SECONDS + 25;

/** What the stack decides; the configuration's own variables may not. */
const MANAGED = [
  'HOST',
  'PORT',
  'METRICS_PORT',
  'STT_API_KEYS_FILE',
  'STT_SPOOL_DIR',
  'STT_SPOOL_MAX_MB',
  'STT_REQUEST_BUDGET',
  'SHUTDOWN_GRACE',
  'STT_TRUST_PROXY',
  'STT_AZURE_SPEECH_RESOURCE_NAME',
  'STT_AZURE_SPEECH_REGION',
  'AZURE_CLIENT_ID',
  'STT_ENGINE',
  'STT_FALLBACK_ENGINE',
  'STT_LANGUAGES',
  'PROCESS_POOL_SIZE',
] as const satisfies readonly EnvName[];

export const MANAGED_VARIABLES: ReadonlySet<string> = new Set(MANAGED);

/** What the stack knows of the places around the app. */
export interface Surroundings {
  /** Custom subdomain of the AI Foundry account. */
  readonly speechResourceName: string;
  /** Of the app's own identity. */
  readonly identityClientId: string;
}

/** Variables as the service reads them; an empty one counts as unset. Those of the configuration come last. */
export function serviceEnvironment(
  settings: AzureSettings,
  { speechResourceName, identityClientId }: Surroundings,
): Readonly<Record<string, string>> {
  const managed: Record<(typeof MANAGED)[number], string> = {
    HOST: '0.0.0.0',
    PORT: String(API_PORT),
    METRICS_PORT: String(METRICS_PORT),
    STT_API_KEYS_FILE: `${KEYS_DIRECTORY}/${KEYS_FILE_NAME}`,
    STT_SPOOL_DIR: SPOOL_DIRECTORY,
    STT_SPOOL_MAX_MB: String(spoolMb(settings.size.cpu)),
    STT_REQUEST_BUDGET: String(REQUEST_BUDGET_SECONDS),
    SHUTDOWN_GRACE: String(SHUTDOWN_GRACE_SECONDS),
    // The ingress is the one proxy in front: it adds the client's address to X-Forwarded-For.
    STT_TRUST_PROXY: '1',
    STT_AZURE_SPEECH_RESOURCE_NAME: speechResourceName,
    STT_AZURE_SPEECH_REGION: settings.location,
    AZURE_CLIENT_ID: identityClientId,
    STT_ENGINE: settings.engine,
    STT_FALLBACK_ENGINE: settings.fallbackEngine ?? '',
    STT_LANGUAGES: settings.languages,
    PROCESS_POOL_SIZE: String(settings.poolSize),
  };
  return { ...managed, ...settings.env };
}
