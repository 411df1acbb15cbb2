/** Keeps a service and its workers within a limit of memory, and ends it when it crosses that: what a container's limit does. */
import { killAll, processTree, treeRssBytes } from './process-tree.ts';

/**
 * `systemd-scope`: the kernel's memory controller, through a scope that systemd makes for the service.
 * `watcher`: this process looks at the resident memory of all processes together and kills them with SIGKILL.
 *
 * A limit that each process has for itself, such as `prlimit --data`, is no stand-in: the tree may hold it once for every
 * process, and an allocation beyond it fails inside the process, where a container's process would be killed.
 */
export type LimitKind = 'systemd-scope' | 'watcher';

const PROBE_TIMEOUT_MS = 5000;
const PROBE_BYTES = 64 * 1024 * 1024;
const WATCH_EVERY_MS = 50;

/** What is there: the scope where systemd makes one, else the watcher. */
export function availableLimit(): LimitKind {
  if (
    process.platform !== 'linux' ||
    Bun.which('systemd-run', { PATH: process.env['PATH'] ?? '' }) === null
  )
    return 'watcher';
  const { success } = Bun.spawnSync(scopeCommand(PROBE_BYTES, ['true']), {
    stdout: 'ignore',
    stderr: 'ignore',
    env: { ...process.env },
    timeout: PROBE_TIMEOUT_MS,
  });
  return success ? 'systemd-scope' : 'watcher';
}

/** `systemd-run --scope` becomes the command itself, so that the process id stays the same. */
export function scopeCommand(limitBytes: number, command: readonly string[]): string[] {
  return [
    'systemd-run',
    ...(process.getuid?.() === 0 ? [] : ['--user']),
    '--scope',
    '--quiet',
    '--property',
    `MemoryMax=${limitBytes}`,
    '--property',
    'MemorySwapMax=0',
    '--',
    ...command,
  ];
}

export interface LimitWatcher {
  /** Bytes of the tree when it was killed; null as long as it was not. */
  crossedAt(): number | null;
  stop(): void;
}

/** Kills the process and its descendants when their resident memory together passes the limit. */
export function watchLimit(pid: number, limitBytes: number): LimitWatcher {
  let crossed: number | null = null;
  const timer = setInterval(() => {
    const tree = processTree(pid);
    const bytes = treeRssBytes(tree);
    if (bytes <= limitBytes) return;
    clearInterval(timer);
    crossed = bytes;
    killAll(tree.map((each) => each.pid));
  }, WATCH_EVERY_MS);
  return { crossedAt: () => crossed, stop: () => clearInterval(timer) };
}
