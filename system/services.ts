/** The real service four times, as processes on loopback: pooled, sabotaged, without isolation, and on emulated Azure. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmulator } from '../service/emulator/index.ts';
import type { Emulator } from '../service/emulator/index.ts';
import { PATHS } from '../service/src/contract.ts';
import { startChild } from './child.ts';
import { waitFor } from './waiting.ts';

const MAIN = join(import.meta.dirname, '../service/src/main.ts');

/** Sent to every service; only the one that asks for keys looks at it. */
export const API_KEY = 'stt_of_the_system_tests';
const KEY_FILE = `system:${createHash('sha256').update(API_KEY).digest('hex')}\n`;

const COMMON = {
  PORT: '0',
  LOG_LEVEL: 'info',
  SHUTDOWN_GRACE: '3',
  STT_MAX_FILE_SIZE_MB: '1',
  STT_THREADS: '1',
  PROCESS_POOL_SIZE: '1',
};

export const INSTANCES = {
  pooled: {
    STT_ENGINE: 'moonshine-tiny',
    PROCESS_MAX_TASKS: '3',
    PROCESS_TIMEOUT: '2',
    PROCESS_QUEUE_SIZE: '2',
  },
  // Every fault ends the process it happens in, so only the isolated route may be used here.
  sabotaged: {
    STT_ENGINE: 'moonshine-tiny',
    PROCESS_POOL_SIZE: '2',
    PROCESS_MAX_RSS_MB: '400',
    PROCESS_TIMEOUT: '2',
    PROCESS_QUEUE_SIZE: '6',
    PROCESS_QUEUE_TIMEOUT: '1',
    STT_FAULTS: 'crash:0.3,hang:0.15,slow:0.2s,leak:250MB',
    STT_ALLOW_FAULTS: 'true',
  },
  unpooled: { STT_ENGINE: 'moonshine-tiny', ENABLE_PROCESS_ISOLATED: 'false' },
  azure: {
    STT_ENGINE: 'azure-speech',
    STT_ENGINES: 'azure-speech,azure-fast',
    STT_FALLBACK_ENGINE: 'moonshine-tiny',
    PROCESS_POOL_SIZE: '2',
    PROCESS_TIMEOUT: '10',
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
  },
} as const satisfies Record<string, Record<string, string>>;
export type InstanceName = keyof typeof INSTANCES;

export interface Services {
  readonly urls: Readonly<Record<InstanceName, string>>;
  readonly emulator: Emulator;
  /** Of `unpooled`, which asks for keys; read again when it changes. */
  readonly keysFile: string;
  stop(): Promise<void>;
}

export async function startServices(): Promise<Services> {
  const directory = mkdtempSync(join(tmpdir(), 'stt-system-services-'));
  // So short that the identity library keeps no token and every request asks for one.
  const emulator = createEmulator({ tokenLifetimeSeconds: 240 });
  const names = Object.keys(INSTANCES) as InstanceName[];
  const keysFile = join(directory, 'keys');
  writeFileSync(keysFile, KEY_FILE);
  const starts = await Promise.allSettled(
    names.map((name) =>
      startChild({
        command: [process.execPath, '--no-env-file', MAIN],
        cwd: directory,
        env: {
          ...COMMON,
          STT_SPOOL_DIR: join(directory, name),
          ...INSTANCES[name],
          ...(name === 'azure' && emulator.env),
          ...(name === 'unpooled' && { STT_API_KEYS_FILE: keysFile }),
        },
        ready: /"url":"([^"]+)"[^\n]*"listening"/,
      }),
    ),
  );
  const stop = async () => {
    await Promise.all(
      starts.map((start) => (start.status === 'fulfilled' ? start.value.stop() : null)),
    );
    await emulator.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const entries = starts.map((start, index) => {
      if (start.status === 'rejected') throw start.reason;
      return [names[index], start.value.found] as const;
    });
    await Promise.all(
      entries.map(([name, url]) =>
        waitFor(`${name} to be ready`, async () => (await fetch(url + PATHS.readiness)).ok),
      ),
    );
    return {
      urls: Object.fromEntries(entries) as Record<InstanceName, string>,
      emulator,
      keysFile,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
