/** What the configuration of stack `azure` may say: defaults, forms, and the sentences for what is wrong. Pure. */
import { z } from 'zod';
import type { EngineId } from '../../service/src/contract.ts';
import { decimal, engine, flag, list, variables, whole } from '../lib/fields.ts';
import { neededMib, defaultWorkers } from '../lib/pool-memory.ts';
import { readSettings } from '../lib/read-settings.ts';
import { keyHashFaults } from '../lib/key-hashes.ts';
import { MANAGED_VARIABLES } from './service-environment.ts';
import { plannableMib, sizeFault } from './sizes.ts';
import type { Size } from './sizes.ts';

const LOCATION_KEY = 'azure-native:location';
const PREFIX = 'stt:';

/** The agent beside the service, where metrics go to Azure Monitor. */
export const AGENT_SIZE: Size = { cpu: 0.25, memory: 0.5 };

/** An exact version, as a moving tag would make one deployment differ from the next. */
const PROMETHEUS_IMAGE = 'docker.io/prom/prometheus:v3.14.0';

const SCHEMA = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9]{1,9}$/)
    .optional()
    .transform((value) => value ?? 'stt')
    .describe('2 to 10 lower-case letters and digits, a letter first'),
  image: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*(:\d+)?\/[a-z0-9._/-]+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/)
    .refine((value) => /(:[\w.-]+|@sha256:[0-9a-f]{64})$/.test(value.slice(value.indexOf('/'))))
    .optional()
    .describe('a full reference with a tag or digest, such as sttab12cd.azurecr.io/stt@sha256:…'),
  apiKeys: z.string().optional().describe('the content of a file that make api-key has written'),
  allowedAddresses: list
    .pipe(z.array(z.union([z.cidrv4(), z.ipv4()])))
    .describe('IPv4 addresses or networks such as 203.0.113.0/24, comma-separated'),
  engine: engine
    .optional()
    .transform((value): EngineId => value ?? 'azure-speech')
    .describe(engine.description ?? ''),
  fallbackEngine: engine.optional().describe(engine.description ?? ''),
  languages: z
    .string()
    .regex(/^[a-zA-Z-]+(,[a-zA-Z-]+)*$/)
    .optional()
    .transform((value) => value ?? 'en-US')
    .describe('locales such as en-US,de-DE'),
  poolSize: whole(0, 1, 256),
  cpu: decimal(/^\d(\.\d+)?$/, 1, 'cores such as 1 or 0.5'),
  memory: decimal(/^\d(\.\d+)?Gi$/, 2, 'memory such as 2Gi'),
  minReplicas: whole(1, 0, 300),
  maxReplicas: whole(3, 1, 300),
  env: variables,
  alertEmails: list.pipe(z.array(z.email())).describe('e-mail addresses, comma-separated'),
  runbookUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where docs/runbooks.md can be read'),
  logRetentionDays: whole(30, 30, 730),
  logDailyGb: whole(1, 1, 100),
  prometheus: flag,
  prometheusImage: z
    .string()
    .regex(/\/.+[:@]/)
    .optional()
    .transform((value) => value ?? PROMETHEUS_IMAGE)
    .describe('a full reference with a tag or digest'),
  principalId: z.guid().optional().describe('the object id of who may use the account, a GUID'),
  principalType: z
    .enum(['User', 'ServicePrincipal', 'Group'])
    .optional()
    .transform((value) => value ?? 'User')
    .describe('User, ServicePrincipal or Group'),
} as const;

type Parsed = z.infer<z.ZodObject<typeof SCHEMA>>;

export interface AzureSettings extends Omit<Parsed, 'cpu' | 'memory' | 'poolSize'> {
  /** Azure's name of the region. */
  readonly location: string;
  readonly poolSize: number;
  /** Of the service's container alone. */
  readonly size: Size;
}

/** `raw` is what Pulumi knows: full keys and their text. Throws `SettingsError`. */
export function azureSettings(raw: Readonly<Record<string, string>>): AzureSettings {
  const location = raw[LOCATION_KEY]?.trim().toLowerCase().replaceAll(' ', '') ?? '';
  return readSettings(raw, {
    stack: 'azure',
    shape: SCHEMA,
    unshown: ['apiKeys'],
    outside: location === '' ? [`${LOCATION_KEY} is missing: a region such as swedencentral`] : [],
    settingsOf: (parsed) => settingsOf(parsed, location),
    crossFaults,
  });
}

function settingsOf({ cpu, memory, poolSize, ...rest }: Parsed, location: string): AzureSettings {
  return {
    ...rest,
    location,
    size: { cpu, memory },
    poolSize: poolSize === 0 ? defaultWorkers(rest.engine, cpu) : poolSize,
  };
}

function crossFaults(settings: AzureSettings): string[] {
  const { engine, fallbackEngine, minReplicas, maxReplicas, size, poolSize, prometheus } = settings;
  const faults: string[] = [];
  const wrongSize = sizeFault(size);
  if (wrongSize !== null) faults.push(`${PREFIX}cpu and ${PREFIX}memory: ${wrongSize}`);
  const together = prometheus ? { cpu: size.cpu + AGENT_SIZE.cpu } : size;
  if (wrongSize === null && together.cpu > 4) {
    faults.push(
      `${PREFIX}cpu=${size.cpu}: with ${PREFIX}prometheus the agent takes ${AGENT_SIZE.cpu} of the 4 cores that a replica may have`,
    );
  }
  const needed = neededMib(engine, poolSize, fallbackEngine ?? null);
  if (wrongSize === null && needed > plannableMib(size)) {
    faults.push(
      `${PREFIX}poolSize=${poolSize}: so many workers of ${engine}${fallbackEngine === undefined ? '' : ` with ${fallbackEngine} behind`} need ${needed} MiB, ${size.memory}Gi leave ${plannableMib(size)}; raise ${PREFIX}cpu and ${PREFIX}memory or take fewer`,
    );
  }
  if (minReplicas > maxReplicas) {
    faults.push(
      `${PREFIX}minReplicas=${minReplicas}: must not exceed ${PREFIX}maxReplicas=${maxReplicas}`,
    );
  }
  if (fallbackEngine === engine) {
    faults.push(`${PREFIX}fallbackEngine=${engine}: must differ from ${PREFIX}engine`);
  }
  if (settings.image !== undefined && settings.apiKeys === undefined) {
    faults.push(
      `${PREFIX}apiKeys is missing: an app with a public address needs keys; make provision makes the first, make api-key NAME=x KEYS_FILE=.stt-keys.azure further ones`,
    );
  }
  if (settings.apiKeys !== undefined) {
    faults.push(...keyHashFaults(settings.apiKeys).map((fault) => `${PREFIX}apiKeys: ${fault}`));
  }
  for (const name of Object.keys(settings.env).filter((name) => MANAGED_VARIABLES.has(name))) {
    faults.push(`${PREFIX}env: ${name} is set by the stack itself`);
  }
  return faults;
}
