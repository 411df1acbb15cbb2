/** The service as a process of its own, and what its clients and its saboteur ask of it. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerState } from '../../src/pool/index.ts';
import { upload } from '../running-service.ts';
import { childrenOf, until } from './waiting.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
export const ISOLATED = '/transcriptions/process-isolated';
const ENGINE = 'moonshine-tiny';
/** Longer than any answer may take here: what has none by then hangs. */
const HANGING_MS = 60_000;

export interface PoolStatus {
  readonly size: number;
  readonly workers: readonly {
    readonly slot: number;
    readonly pid: number;
    readonly state: WorkerState;
  }[];
  readonly queue: { readonly depth: number };
  readonly counters: {
    readonly submitted: number;
    readonly settled: Readonly<Record<string, number>>;
    readonly retries: number;
    readonly boot_failures: number;
    readonly workers_started: number;
    readonly crashes: Readonly<Record<string, number>>;
    readonly recycles: Readonly<Record<string, number>>;
  };
}

export interface Status {
  readonly spool: { readonly files: number; readonly bytes: number };
  readonly pool: PoolStatus;
}

export interface Answer {
  /** `200`, or the code of the problem, or `hanging`, or `no answer: …`. */
  readonly outcome: string;
  readonly status: number;
  readonly text: string;
  readonly retryAfter: number;
  readonly ms: number;
}

export interface Served {
  readonly child: Bun.Subprocess;
  readonly url: string;
  readonly spoolDirectory: string;
  /** Pids of the workers that the log calls crashed. */
  readonly crashed: readonly number[];
  status(): Promise<Status>;
  send(clip: Uint8Array<ArrayBuffer>): Promise<Answer>;
  /** The value of one series of `/metrics`. */
  series(name: string): Promise<number>;
  /** Uploads that lie in the spool now. */
  spooled(): string[];
  /** Living processes that the service started. */
  workers(): number[];
  /** Ends the process and removes its files. */
  dispose(): Promise<void>;
}

/** Resolves when the service answers. A spool directory that is given stays when all is over. */
export async function serve(env: Record<string, string>): Promise<Served> {
  const directory = mkdtempSync(join(tmpdir(), 'stt-faults-'));
  const spoolDirectory = env['STT_SPOOL_DIR'] ?? join(directory, 'spool');
  const child = Bun.spawn([process.execPath, '--no-env-file', MAIN], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      STT_ENGINE: ENGINE,
      STT_SPOOL_DIR: spoolDirectory,
      LOG_LEVEL: 'info',
      ...env,
    },
    stdout: 'pipe',
    stderr: 'inherit',
  });
  let url = '';
  let isReady = false;
  const crashed: number[] = [];
  void (async () => {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.includes('"msg":"listening"')) url = (JSON.parse(line) as { url: string }).url;
        if (line.includes('"msg":"ready"')) isReady = true;
        if (line.includes('"msg":"a worker process crashed"')) {
          crashed.push((JSON.parse(line) as { worker_pid: number }).worker_pid);
        }
      }
    }
  })();
  const dispose = async () => {
    child.kill('SIGKILL');
    await child.exited;
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until(
      () => (isReady && url !== '') || child.exitCode !== null,
      'the service to be ready',
    );
    if (!isReady) throw new Error(`the service ended with code ${child.exitCode}`);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    child,
    url,
    spoolDirectory,
    crashed,
    async status() {
      const { spool, pools } = (await (await fetch(`${url}/status`)).json()) as {
        spool: Status['spool'];
        pools: Record<string, PoolStatus>;
      };
      const pool = pools[ENGINE];
      if (pool === undefined) throw new Error(`/status has no pool for ${ENGINE}`);
      return { spool, pool };
    },
    send: (clip) => send(url, clip),
    async series(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1) ?? 0);
    },
    spooled: () =>
      existsSync(spoolDirectory)
        ? readdirSync(spoolDirectory)
            .filter((name) => name.startsWith('run-'))
            .flatMap((run) => readdirSync(join(spoolDirectory, run)))
        : [],
    workers: () => childrenOf(child.pid),
    dispose,
  };
}

async function send(url: string, clip: Uint8Array<ArrayBuffer>): Promise<Answer> {
  const startedAt = performance.now();
  const timeout = Promise.withResolvers<'hanging'>();
  const timer = setTimeout(() => timeout.resolve('hanging'), HANGING_MS);
  const nothing = { status: 0, text: '', retryAfter: 0 };
  try {
    const answer = await Promise.race([upload(url, ISOLATED, clip), timeout.promise]);
    const ms = performance.now() - startedAt;
    if (answer === 'hanging') return { ...nothing, outcome: 'hanging', ms };
    const { status, body, headers } = answer;
    return {
      outcome: status === 200 ? '200' : body.code,
      status,
      text: body.text,
      retryAfter: Number(headers.get('retry-after') ?? 0),
      ms,
    };
  } catch (error) {
    const { code } = error as { code?: string };
    const ms = performance.now() - startedAt;
    return { ...nothing, outcome: `no answer: ${code ?? String(error)}`, ms };
  } finally {
    clearTimeout(timer);
  }
}
