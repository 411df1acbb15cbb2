/** What the fault suite shares: progress on the terminal, waiting for conditions, looking at processes. */
import { readFileSync, readdirSync, writeSync } from 'node:fs';

/** Straight to the descriptor: a test runner that collects output would show it when all is over. */
export function say(line: string): void {
  writeSync(2, `    ${line}\n`);
}

export async function until(
  condition: () => unknown,
  what: string,
  limitMs = 30_000,
  everyMs = 5,
): Promise<void> {
  const endsAt = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await Bun.sleep(everyMs);
  }
}

/** A zombie is not alive: it only waits for its parent to read its exit code. */
export function isAlive(pid: number): boolean {
  return startOf(pid) !== undefined;
}

/** When it was started, in ticks, or undefined when it is dead: its number may be somebody else's later. */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Living processes whose parent is the given one. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid) || !isAlive(pid)) return false;
      try {
        return readFileSync(`/proc/${pid}/status`, 'latin1').includes(`\nPPid:\t${parent}\n`);
      } catch {
        return false;
      }
    });
}

export function openFiles(pid: number | 'self' = 'self'): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** `a 3, b 2`, the largest first. */
export function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
