/** What the configuration of stack `azure` may say: defaults, forms, and the sentences for what is wrong. Pure. */
import { z } from 'zod';
import { ENGINE_IDS } from '../../service/src/contract.ts';
import type { EngineId } from '../../service/src/contract.ts';
import { keyHashFaults } from './key-hashes.ts';
import { MANAGED_VARIABLES } from './service-environment.ts';
import { defaultWorkers, neededMib, plannableMib, sizeFault } from './sizes.ts';
import type { Size } from './sizes.ts';

const LOCATION_KEY = 'azure-native:location';
const PREFIX = 'stt:';

/** The agent beside the service, where metrics go to Azure Monitor. */
export const AGENT_SIZE: Size = { cpu: 0.25, memory: 0.5 };

/** An exact version, as a moving tag would make one deployment differ from the next. */
const PROMETHEUS_IMAGE = 'docker.io/prom/prometheus:v3.14.0';

const list = z
  .string()
  .optional()
  .transform((value) => (value ?? '').split(',').flatMap((part) => part.trim() || []));

const whole = (fallback: number, minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum))
    .optional()
    .transform((value) => value ?? fallback)
    .describe(`a whole number from ${minimum} to ${maximum}`);

const decimal = (unit: RegExp, fallback: number, what: string) =>
  z
    .string()
    .regex(unit)
    .transform(Number.parseFloat)
    .optional()
    .transform((value) => value ?? fallback)
    .describe(what);

const flag = z
  .enum(['true', 'false'])
  .optional()
  .transform((value) => value === 'true')
  .describe('true or false');

const engine = z.enum(ENGINE_IDS);

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
    .describe(`one of ${ENGINE_IDS.join(', ')}`),
  fallbackEngine: engine.optional().describe(`one of ${ENGINE_IDS.join(', ')}`),
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
  env: z
    .string()
    .transform((value, context) => parseObject(value) ?? issue(context))
    .optional()
    .transform((value) => value ?? {})
    .describe('an object of variables, such as {"LOG_LEVEL":"debug"}'),
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

const OBJECT = z.object(SCHEMA);
type Parsed = z.infer<typeof OBJECT>;

export interface AzureSettings extends Omit<Parsed, 'cpu' | 'memory' | 'poolSize'> {
  /** Azure's name of the region. */
  readonly location: string;
  readonly poolSize: number;
  /** Of the service's container alone. */
  readonly size: Size;
}

/** Thrown when the configuration is wrong; the message lists every fault and how to set the value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** `raw` is what Pulumi knows: full keys and their text. Keys of others are left alone. Throws `SettingsError`. */
export function azureSettings(raw: Readonly<Record<string, string>>): AzureSettings {
  const given: Record<string, string> = {};
  const faults: string[] = [];
  for (const [key, value] of Object.entries(raw)) {
    if (!key.startsWith(PREFIX) || value.trim() === '') continue;
    const name = key.slice(PREFIX.length);
    if (name in SCHEMA) given[name] = value.trim();
    else faults.push(`${key}: there is no such key; known are ${Object.keys(SCHEMA).join(', ')}`);
  }
  const location = raw[LOCATION_KEY]?.trim().toLowerCase().replaceAll(' ', '') ?? '';
  if (location === '') faults.push(`${LOCATION_KEY} is missing: a region such as swedencentral`);
  const parsed = OBJECT.safeParse(given);
  if (parsed.success) {
    const settings = settingsOf(parsed.data, location);
    const all = [...faults, ...crossFaults(settings)];
    if (all.length === 0) return Object.freeze(settings);
    throw new SettingsError(report(all));
  }
  const wrong = new Set(parsed.error.issues.map(({ path }) => path[0] as keyof typeof SCHEMA));
  for (const name of wrong) {
    faults.push(`${PREFIX}${name}=${shown(name, given)}: must be ${SCHEMA[name].description}`);
  }
  throw new SettingsError(report(faults));
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

/** Names and strings alone: numbers and flags are as good in quotes, and look the same in the container. */
function parseObject(text: string): Record<string, string> | null {
  try {
    const parsed = z
      .record(
        z.string().regex(/^[A-Z][A-Z0-9_]*$/),
        z.union([z.string(), z.number(), z.boolean()]).transform(String),
      )
      .safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function issue(context: z.RefinementCtx): never {
  context.addIssue({ code: 'custom' });
  return z.NEVER;
}

/** A key that was put in the place of its hash must not be shown. */
function shown(name: string, given: Readonly<Record<string, string>>): string {
  return name === 'apiKeys' ? '…' : (given[name] ?? '');
}

function report(faults: readonly string[]): string {
  const lines = faults.map((fault) => `  ${fault}`).join('\n');
  return `The configuration of the stack has ${faults.length} fault(s):\n${lines}\nSet a value with: pulumi config set -s azure <key> <value>`;
}
