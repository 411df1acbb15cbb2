/** The service as a process of its own that talks to an emulated Azure, with an identity of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmulator } from '../../emulator/index.ts';
import type { Emulator, EmulatorOptions, FaultRule } from '../../emulator/index.ts';
import { until } from '../running-service.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

export interface AzureService {
  readonly url: string;
  readonly pid: number;
  readonly emulator: Emulator;
  /** Everything that the process and its workers wrote so far. */
  written(): string;
  /** The answer of `/readyz`. */
  readiness(): Promise<{ status: number; text: string }>;
  /** Ends the process as an operator would; resolves with its exit code. */
  stop(): Promise<number>;
}

export interface AzureServiceOptions {
  readonly env?: Record<string, string>;
  readonly emulator?: EmulatorOptions;
  /** Faults that are there before the service starts. */
  readonly rules?: readonly FaultRule[];
  /** Put into the file `.env` of the working directory and not into the environment. */
  readonly envFile?: (emulator: Emulator) => Record<string, string>;
  /** What readiness must be before the service is handed over. @default 200 */
  readonly readiness?: 200 | 503;
}

export async function startAzureService(options: AzureServiceOptions = {}): Promise<AzureService> {
  const emulator = createEmulator(options.emulator);
  for (const rule of options.rules ?? []) emulator.addRule(rule);
  const directory = mkdtempSync(join(tmpdir(), 'stt-azure-'));
  const file = Object.entries(options.envFile?.(emulator) ?? {});
  await Bun.write(
    join(directory, '.env'),
    file.map(([name, value]) => `${name}=${value}\n`).join(''),
  );
  const child = Bun.spawn([process.execPath, '--no-env-file', MAIN], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      STT_SPOOL_DIR: join(directory, 'spool'),
      LOG_LEVEL: 'trace',
      AZURE_LOG_LEVEL: 'verbose',
      // Tests ask nobody but the emulator for an identity.
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
      SHUTDOWN_GRACE: '5',
      ...(options.envFile === undefined && emulator.env),
      ...options.env,
    },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let text = '';
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  };
  const finished = Promise.all([collect(child.stdout), collect(child.stderr), child.exited]);
  const stop = async () => {
    child.kill('SIGTERM');
    const [, , exitCode] = await finished;
    await emulator.stop();
    rmSync(directory, { recursive: true, force: true });
    return exitCode;
  };
  try {
    const url = await until(() => {
      if (child.exitCode !== null) throw new Error(`the service ended: ${text}`);
      return /"url":"([^"]+)"[^\n]*"listening"/.exec(text)?.[1];
    });
    const readiness = async () => {
      const answer = await fetch(`${url}/readyz`);
      return { status: answer.status, text: await answer.text() };
    };
    await until(async () => (await readiness()).status === (options.readiness ?? 200));
    return { url, pid: child.pid, emulator, written: () => text, readiness, stop };
  } catch (error) {
    child.kill('SIGKILL');
    await stop();
    throw error;
  }
}
