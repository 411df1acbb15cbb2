/** How much memory this machine, or the container we are in, can still give. */
import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { readable } from '../charts/quantity.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Scenario } from './scenario.ts';

/** Bytes. The smallest of what the machine has available and what our control group is allowed. */
export function freeMemoryBytes(read: (path: string) => string | null = textOrNull): number {
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo') ?? '')?.[1];
  const machine = available === undefined ? freemem() : Number(available) * 1024;
  const groups = [
    groupFree(read, '/sys/fs/cgroup', 'memory.max', 'memory.current', 'inactive_file'),
    groupFree(
      read,
      '/sys/fs/cgroup/memory',
      'memory.limit_in_bytes',
      'memory.usage_in_bytes',
      'total_inactive_file',
    ),
  ];
  return Math.min(machine, ...groups.filter((each) => each !== null));
}

/** Throws `Refusal` where a part needs more than is free. */
export function mustFit(scenarios: readonly Scenario[], freeBytes: number): void {
  const tooLarge = scenarios.find(({ neededBytes }) => neededBytes > freeBytes);
  if (tooLarge === undefined) return;
  const { part, neededBytes, limitBytes } = tooLarge;
  const why =
    limitBytes === null
      ? ''
      : `, twice its limit of ${readable(limitBytes, 'bytes')}, so that nothing else on this machine is put at risk`;
  const next = part === 'simulated' ? ', or type: make leak-demo PART=real' : ', and try again';
  throw new Refusal(
    `The ${part} part needs ${readable(neededBytes, 'bytes')} of free memory${why}; ${readable(freeBytes, 'bytes')} are free. Close something large${next}`,
  );
}

/** Null where there is no such group or no limit. What the kernel would drop at once counts as free. */
function groupFree(
  read: (path: string) => string | null,
  directory: string,
  limitFile: string,
  usageFile: string,
  droppable: string,
): number | null {
  const limit = Number(read(`${directory}/${limitFile}`) ?? Number.NaN);
  const usage = Number(read(`${directory}/${usageFile}`) ?? Number.NaN);
  if (!Number.isFinite(limit) || !Number.isFinite(usage)) return null;
  const stat = read(`${directory}/memory.stat`) ?? '';
  const cache = Number(new RegExp(`^${droppable} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return Math.max(0, limit - usage + cache);
}

function textOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
