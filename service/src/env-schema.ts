/** How each variable of the environment is read: its form, its default, and (as description) what is allowed. */
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { DEFAULT_PORT, ENGINE_IDS } from './contract.ts';
import type { EnvName } from './contract.ts';
import { isSafeEndpoint } from './engines/azure/endpoint.ts';
import { SPEECH_LOCALES } from './engines/azure/locales.ts';
import { parseFaults } from './engines/faults.ts';

/** Languages that Azure can tell apart in one recording. */
const MAX_LANGUAGES = 10;

const integer = (fallback: number, minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum))
    .optional()
    .transform((value) => value ?? fallback)
    .describe(`a whole number from ${minimum} to ${maximum}`);

const optionalInteger = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum))
    .optional()
    .describe(`empty or a whole number from ${minimum} to ${maximum}`);

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => (value === undefined ? fallback : value === 'true'))
    .describe('true or false');

/** An expression for names, such as a resource's. */
const name = (pattern: RegExp, what: string) => z.string().regex(pattern).optional().describe(what);

/** As a browser writes it in its Origin header: lower case, no path, no default port. */
const isOrigin = (value: string) =>
  value === '*' || (/^https?:/.test(value) && URL.parse(value)?.origin === value);

const engineId = z.enum(ENGINE_IDS);
export const CORES = availableParallelism();

/** One entry a variable. */
export const ENV_SCHEMA = {
  HOST: z.string().min(1).optional().describe('a host name or address'),
  PORT: integer(DEFAULT_PORT, 0, 65535),
  STT_ENGINE: z
    .enum(['auto', ...ENGINE_IDS])
    .optional()
    .describe(`auto, ${ENGINE_IDS.join(', ')}`),
  STT_ENGINES: z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(engineId))
    .optional()
    .describe(`a comma-separated list of ${ENGINE_IDS.join(', ')}`),
  STT_FALLBACK_ENGINE: engineId.optional().describe(`empty or one of ${ENGINE_IDS.join(', ')}`),
  STT_LANGUAGES: z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(z.enum(SPEECH_LOCALES)).max(MAX_LANGUAGES))
    .optional()
    .transform((value) => [...new Set(value ?? ['en-US'])])
    .describe(
      `up to ${MAX_LANGUAGES} locales of Azure AI Speech, comma-separated, such as en-US,de-DE`,
    ),
  STT_AZURE_SPEECH_RESOURCE_NAME: name(
    /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/i,
    'the custom subdomain of a resource: 2 to 64 letters, digits and hyphens',
  ),
  STT_AZURE_SPEECH_REGION: name(/^[a-z][a-z0-9]+$/, 'a region such as swedencentral'),
  STT_AZURE_SPEECH_ENDPOINT: z
    .string()
    .refine(isSafeEndpoint)
    .transform((value) => value.replace(/\/+$/, ''))
    .optional()
    .describe('an https address without a query, or an http one of this machine'),
  AZURE_CLIENT_ID: z.guid().optional().describe('the client id of an identity, a GUID'),
  STT_AZURE_CONCURRENCY: integer(100, 1, 10_000),
  STT_AZURE_FAST_MAX_FILE_SIZE_MB: integer(300, 1, 10_240),
  STT_AZURE_FAST_MAX_DURATION_MINUTES: integer(120, 1, 1_440),
  STT_AZURE_FAST_REQUESTS_PER_MINUTE: integer(300, 1, 1_000_000),
  STT_THREADS: integer(CORES, 1, 64),
  STT_REQUEST_BUDGET: optionalInteger(5, 86_400),
  ENABLE_PROCESS_ISOLATED: flag(true),
  PROCESS_POOL_SIZE: optionalInteger(1, 256),
  PROCESS_MAX_TASKS: integer(100, 0, 1_000_000),
  PROCESS_MAX_RSS_MB: integer(1024, 0, 1_048_576),
  PROCESS_MAX_AGE_SECONDS: integer(0, 0, 31_536_000),
  PROCESS_IDLE_RECYCLE_SECONDS: integer(60, 0, 86_400),
  PROCESS_TIMEOUT: integer(300, 1, 86_400),
  PROCESS_QUEUE_SIZE: integer(256, 0, 100_000),
  PROCESS_QUEUE_TIMEOUT: integer(60, 1, 86_400),
  STT_MAX_FILE_SIZE_MB: integer(100, 1, 10_240),
  STT_MAX_DURATION_MINUTES: integer(120, 1, 1_440),
  STT_UPLOAD_STALL_SECONDS: integer(30, 1, 3_600),
  STT_UPLOAD_MIN_BYTES_PER_SECOND: integer(1024, 0, 1_073_741_824),
  STT_SPOOL_DIR: z.string().min(1).optional().describe('a directory that this process can write'),
  STT_SPOOL_MAX_MB: integer(2048, 1, 1_048_576),
  STT_API_KEYS_FILE: z.string().min(1).optional().describe('a file that make api-key has written'),
  STT_FAULTS: z
    .string()
    .transform((value, context) => {
      try {
        return parseFaults(value);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .optional()
    .describe('leak:<megabytes>MB, crash:<0..1>, hang:<0..1>, slow:<seconds>s, comma-separated'),
  STT_ALLOW_FAULTS: flag(false),
  STT_MAX_CONNECTIONS_PER_ADDRESS: integer(0, 0, 1_000_000),
  STT_TRUST_PROXY: integer(0, 0, 10),
  STT_CORS_ORIGINS: z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().refine(isOrigin)))
    .optional()
    .transform((value) => [...new Set(value)])
    .describe('origins such as https://app.example, comma-separated and without a path, or *'),
  METRICS_PORT: optionalInteger(0, 65535),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .optional()
    .transform((value) => value ?? 'info')
    .describe('trace, debug, info, warn, error, fatal or silent'),
  SHUTDOWN_GRACE: integer(30, 0, 3_600),
} as const satisfies Record<EnvName, z.ZodType>;
