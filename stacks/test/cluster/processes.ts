/** Programs that a test starts and ends: on free ports of loopback, with what they write kept for when they fail. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Whoever does not end by then is killed, in milliseconds. */
const PATIENCE_MS = 10_000;
const LAST_LINES = 20;

export interface Program {
  /** Throws with the last lines that it wrote when it has ended by itself. */
  check(): void;
  /** Asks it to end, waits, and kills it in the end. */
  stop(): Promise<void>;
}

export function startProgram(name: string, command: readonly string[], log: string): Program {
  const child = Bun.spawn([...command], {
    stdin: 'ignore',
    stdout: Bun.file(log),
    stderr: Bun.file(log),
  });
  return {
    check() {
      if (child.exitCode === null && child.signalCode === null) return;
      const last = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
      throw new Error(`${name} has ended with ${child.exitCode ?? child.signalCode}: ${last}`);
    },
    async stop() {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await child.exited;
      clearTimeout(killer);
    },
  };
}

/** So many different ports of loopback that nobody listens on. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(async (server) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.listen(0, '127.0.0.1', resolve);
      await promise;
      return (server.address() as AddressInfo).port;
    }),
  );
  await Promise.all(
    servers.map(async (server) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      await promise;
    }),
  );
  return ports;
}

const LOOK_AGAIN_MS = 50;

/** What was waited for did not come. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

/** What `look` gives as soon as that is not null; throws `NotInTime` with `what` when `ms` have passed before. */
export async function eventually<Found>(
  what: string,
  look: () => Promise<Found | null>,
  ms = 30_000,
): Promise<Found> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > end) throw new NotInTime(`${what}: not within ${ms / 1000} s`);
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}
