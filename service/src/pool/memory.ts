/** How much memory a process holds, read from outside. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Whether this system lets us read another process's memory (Linux). Elsewhere a worker reports its
 * resident set with each reply, and the limits are judged on that.
 */
export const canReadMemory = existsSync('/proc/self/status');

/**
 * Anonymous resident bytes: the part that belongs to this process alone. Resident set would also
 * count the runtime's shared pages and mapped files. Undefined when the process is gone.
 */
export function readMemoryBytes(pid: number): number | undefined {
  if (!canReadMemory) return undefined;
  try {
    const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** Makes the kernel pick the worker, not its parent, when memory runs out. Best effort. */
export function preferAsOomVictim(pid: number): void {
  if (!canReadMemory) return;
  try {
    const path = `/proc/${pid}/oom_score_adj`;
    const score = Math.min(1000, Number(readFileSync(path, 'latin1')) + 500);
    writeFileSync(path, String(score));
  } catch {
    // Not allowed in some sandboxes; the default order applies then.
  }
}
