/** What the configuration of stack `local` may say: defaults, forms, and the sentences for what is wrong. Pure. */
import { z } from 'zod';
import type { EngineId } from '../../service/src/contract.ts';
import { decimal, engine, variables, whole } from '../lib/fields.ts';
import { keyHashFaults } from '../lib/key-hashes.ts';
import { defaultWorkers, neededMib } from '../lib/pool-memory.ts';
import { readSettings } from '../lib/read-settings.ts';
import { MANAGED_VARIABLES } from './service-environment.ts';

const PREFIX = 'stt:';
const MIB_PER_GIB = 1024;

const SHAPE = {
  image: z
    .string()
    .regex(/^[a-z0-9][a-z0-9./_-]*(:\d+\/[a-z0-9./_-]+)?:[\w.-]+$|@sha256:[0-9a-f]{64}$/)
    .describe('a reference with a tag, such as stt:dev, that the cluster has or can pull'),
  engine: engine
    .optional()
    .transform((value): EngineId => value ?? 'moonshine-base')
    .describe(engine.description ?? ''),
  fallbackEngine: engine.optional().describe(engine.description ?? ''),
  replicas: z
    .string()
    .regex(/^([1-9]\d?|auto)$/)
    .optional()
    .transform((value) => (value === 'auto' ? null : Number(value ?? 1)))
    .describe('1 to 99, or auto for as many as the CPU calls for'),
  maxReplicas: whole(3, 1, 99),
  cpu: decimal(/^\d{1,2}(\.\d+)?$/, 2, 'cores such as 2 or 0.5'),
  memory: decimal(/^\d{1,3}(\.\d+)?Gi$/, 6, 'memory such as 6Gi'),
  poolSize: whole(0, 1, 256),
  apiKeys: z.string().optional().describe('the content of a file that make api-key has written'),
  faults: z
    .string()
    .regex(/^[a-z0-9:.,A-Z]+$/)
    .optional()
    .describe('faults for a demonstration, such as leak:260MB'),
  env: variables,
  nodePort: whole(30654, 30000, 32767),
  monitoring: z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => value !== 'false')
    .describe('true or false'),
  runbookUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where docs/runbooks.md can be read'),
} as const;

type Parsed = z.infer<z.ZodObject<typeof SHAPE>>;

export interface LocalSettings extends Omit<Parsed, 'poolSize'> {
  readonly poolSize: number;
}

/** `raw` is what Pulumi knows: full keys and their text. Throws `SettingsError`. */
export function localSettings(raw: Readonly<Record<string, string>>): LocalSettings {
  return readSettings(raw, {
    stack: 'local',
    shape: SHAPE,
    unshown: ['apiKeys'],
    outside: [],
    settingsOf: ({ poolSize, ...rest }): LocalSettings => ({
      ...rest,
      poolSize: poolSize === 0 ? defaultWorkers(rest.engine, rest.cpu) : poolSize,
    }),
    crossFaults,
  });
}

function crossFaults(settings: LocalSettings): string[] {
  const { engine, fallbackEngine, poolSize, memory, apiKeys, env } = settings;
  const faults: string[] = [];
  const needed = neededMib(engine, poolSize, fallbackEngine ?? null);
  if (needed > memory * MIB_PER_GIB) {
    faults.push(
      `${PREFIX}poolSize=${poolSize}: so many workers of ${engine} need ${needed} MiB, ${PREFIX}memory gives ${memory * MIB_PER_GIB}; raise it or take fewer`,
    );
  }
  if (fallbackEngine === engine) {
    faults.push(`${PREFIX}fallbackEngine=${engine}: must differ from ${PREFIX}engine`);
  }
  if (apiKeys !== undefined) {
    faults.push(...keyHashFaults(apiKeys).map((fault) => `${PREFIX}apiKeys: ${fault}`));
  }
  for (const name of Object.keys(env).filter((name) => MANAGED_VARIABLES.has(name))) {
    faults.push(`${PREFIX}env: ${name} is set by the stack itself`);
  }
  return faults;
}
