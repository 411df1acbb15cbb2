/** The benchmark's handle on one bare process. */
import { join } from 'node:path';
import type { EngineId } from '../src/contract.ts';
import type { ToBare } from './bare.ts';

export interface BareProcess {
  /** Milliseconds of one job, measured inside the process. */
  run(path: string): Promise<number>;
  stop(): void;
}

export async function startBare(engine: EngineId): Promise<BareProcess> {
  let answered: (ms: number) => void = () => undefined;
  const child = Bun.spawn(
    [process.execPath, '--no-orphans', '--no-env-file', join(import.meta.dirname, 'bare.ts')],
    {
      ipc: (message: { ms: number }) => answered(message.ms),
      serialization: 'json',
      stdout: 'inherit',
      stderr: 'inherit',
    },
  );
  const ask = (message: ToBare) =>
    new Promise<number>((resolve) => {
      answered = resolve;
      child.send(message);
    });
  await ask({ type: 'load', engine });
  return { run: (path) => ask({ type: 'run', path }), stop: () => child.kill('SIGKILL') };
}
