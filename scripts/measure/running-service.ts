/** The real service in a process of its own, on a free port, as a measurement's clients see it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATHS } from '../../service/src/contract.ts';
import { textAt } from '../verbs/json.ts';
import { Refusal } from '../verbs/refusal.ts';
import { availableLimit, scopeCommand, watchLimit } from './memory-limit.ts';
import type { LimitKind } from './memory-limit.ts';
import { killAll, processTree } from './process-tree.ts';

export type { LimitKind } from './memory-limit.ts';

const MAIN = join(import.meta.dirname, '../../service/src/main.ts');
const READY_MS = 60_000;
const READY_POLL_MS = 25;
const END_MS = 15_000;
const LAST_WORDS_MS = 1000;
const KEPT_CHARACTERS = 20_000;
/** What systemd-run needs to find the user's manager. */
const MANAGER_VARIABLES = ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'];

export interface RunningServiceOptions {
  /** Settings of the service; its port, spool directory and log level are chosen here. */
  readonly env: Readonly<Record<string, string>>;
  /** The only cores that the service may use, such as [0, 1]; needs taskset. */
  readonly cores?: readonly number[];
  /** Of server and workers together: what passes it is killed. */
  readonly memoryLimitBytes?: number;
}

export interface ServiceEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Whether the memory limit ended it. */
  readonly byLimit: boolean;
  /** What server and workers held when the watcher ended them; null in any other case. */
  readonly bytesAtLimit: number | null;
}

export interface RunningService {
  /** Such as http://127.0.0.1:41234. */
  readonly url: string;
  /** Where its status is, which with METRICS_PORT is another address. */
  readonly statusUrl: string;
  readonly pid: number;
  /** Null without a limit. */
  readonly limitKind: LimitKind | null;
  /** Never rejects. */
  readonly exited: Promise<ServiceEnd>;
  /** The end of what it wrote. */
  written(): string;
  /** Asks it to end, kills it and its workers when it does not, and removes its files. */
  stop(): Promise<void>;
}

/** Ready to answer. Throws `Refusal` with the end of what it wrote where it does not start. */
export async function startRunningService(options: RunningServiceOptions): Promise<RunningService> {
  const { env, memoryLimitBytes } = options;
  const limitKind = memoryLimitBytes === undefined ? null : availableLimit();
  const command = commandOf(options, limitKind);
  const directory = mkdtempSync(join(tmpdir(), 'stt-measure-'));
  const child = Bun.spawn(command, {
    cwd: directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      ...(limitKind === 'systemd-scope' && managerVariables()),
      ...env,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'info',
      STT_SPOOL_DIR: join(directory, 'spool'),
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const clean = () => {
    killAll(processTree(child.pid).map(({ pid }) => pid));
    rmSync(directory, { recursive: true, force: true });
  };
  // For Ctrl-C, which ends this process at once.
  process.on('exit', clean);

  const listening = Promise.withResolvers<Listening>();
  let text = '';
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    let found = false;
    for await (const chunk of stream) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-KEPT_CHARACTERS);
      const place = found ? null : findListening(text);
      if (place === null) continue;
      found = true;
      listening.resolve(place);
    }
  };
  const streams = Promise.all([read(child.stdout), read(child.stderr)]);
  const watcher =
    limitKind === 'watcher' && memoryLimitBytes !== undefined
      ? watchLimit(child.pid, memoryLimitBytes)
      : null;
  let asked = false;
  const exited = child.exited.then((): ServiceEnd => {
    watcher?.stop();
    process.off('exit', clean);
    rmSync(directory, { recursive: true, force: true });
    const { exitCode } = child;
    const signal = child.signalCode === null ? null : String(child.signalCode);
    const killedByKernel = limitKind === 'systemd-scope' && signal === 'SIGKILL' && !asked;
    const bytesAtLimit = watcher?.crossedAt() ?? null;
    return { exitCode, signal, byLimit: killedByKernel || bytesAtLimit !== null, bytesAtLimit };
  });
  const stop = async () => {
    asked = true;
    // Once it has ended its number may be another's.
    if (child.exitCode === null && child.signalCode === null) {
      const tree = processTree(child.pid).map(({ pid }) => pid);
      child.kill('SIGTERM');
      const timer = setTimeout(() => killAll(tree), END_MS);
      await exited;
      clearTimeout(timer);
    }
    // A worker that outlives a killed server holds its ends of the pipes for a moment.
    await Promise.race([streams, Bun.sleep(LAST_WORDS_MS)]);
  };
  try {
    const { url, statusUrl } = await ready(listening.promise, exited);
    return { url, statusUrl, pid: child.pid, limitKind, exited, written: () => text, stop };
  } catch (error) {
    await stop();
    if (!(error instanceof NotReady)) throw error;
    throw new Refusal(`The service ${error.message}. It wrote:\n${text.trim() || 'nothing'}`);
  }
}

function commandOf(
  { cores, memoryLimitBytes }: RunningServiceOptions,
  limitKind: LimitKind | null,
): string[] {
  const service = [process.execPath, '--no-env-file', MAIN];
  if (cores !== undefined && Bun.which('taskset') === null) {
    throw new Refusal(
      `The service cannot be kept to cores ${cores.join(',')}: taskset is not on PATH. Install util-linux, or leave the cores out.`,
    );
  }
  // Each becomes the next, so that the process id is the service's.
  const pinned = cores === undefined ? service : ['taskset', '-c', cores.join(','), ...service];
  return limitKind === 'systemd-scope' && memoryLimitBytes !== undefined
    ? scopeCommand(memoryLimitBytes, pinned)
    : pinned;
}

function managerVariables(): Record<string, string> {
  return Object.fromEntries(
    MANAGER_VARIABLES.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

interface Listening {
  readonly url: string;
  readonly statusUrl: string;
}

/** From the log; null as long as the line is not there. */
function findListening(text: string): Listening | null {
  const line = /^\{.*"msg":"listening"\}$/m.exec(text)?.[0];
  if (line === undefined) return null;
  const entry: unknown = JSON.parse(line);
  const url = textAt(entry, 'url');
  if (url === null) return null;
  return { url, statusUrl: (textAt(entry, 'metrics_url') ?? url) + PATHS.status };
}

class NotReady extends Error {
  override readonly name = 'NotReady';
}

async function ready(
  listening: Promise<Listening>,
  exited: Promise<ServiceEnd>,
): Promise<Listening> {
  const ended = exited.then(({ exitCode, signal, byLimit }): never => {
    const how = signal === null ? `with code ${exitCode}` : `by ${signal}`;
    throw new NotReady(
      `ended ${how}${byLimit ? ', over its memory limit,' : ''} before it was ready`,
    );
  });
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new NotReady(`was not ready after ${READY_MS / 1000} s`)),
    READY_MS,
  );
  const over = new AbortController();
  try {
    const place = await Promise.race([listening, ended, late]);
    const answers = async () => {
      while (
        !over.signal.aborted &&
        !(await fetch(place.url + PATHS.readiness).catch(() => null))?.ok
      ) {
        await Bun.sleep(READY_POLL_MS);
      }
    };
    await Promise.race([answers(), ended, late]);
    return place;
  } finally {
    over.abort();
    clearTimeout(timer);
    // Its end later is no error of the start.
    ended.catch(() => undefined);
  }
}
