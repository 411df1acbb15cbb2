/** A process and all that descend from it, with the memory each holds: from /proc on Linux, from `ps` elsewhere. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const PAGE_BYTES = 4096;
const PS_TIMEOUT_MS = 2000;
const HAS_PROC = existsSync('/proc/self/stat');

export interface ProcessMemory {
  readonly pid: number;
  /** Resident bytes; pages shared with others are counted in each. */
  readonly rssBytes: number;
}

interface Row extends ProcessMemory {
  readonly parent: number;
}

/** The process first, then its descendants; empty when it is no more. */
export function processTree(pid: number): readonly ProcessMemory[] {
  return treeIn(HAS_PROC ? procRows() : psRows(), pid);
}

/** Of all processes of the tree together, shared pages counted in each. */
export function treeRssBytes(tree: readonly ProcessMemory[]): number {
  return tree.reduce((sum, { rssBytes }) => sum + rssBytes, 0);
}

/** Resident bytes with shared pages divided among those who share them; null where the system does not say. */
export function proportionalBytes(pid: number): number | null {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(
      readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'),
    )?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** Kills each at once; those that ended meanwhile are no error. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is no more.
    }
  }
}

function treeIn(rows: readonly Row[], pid: number): readonly ProcessMemory[] {
  const children = Map.groupBy(rows, ({ parent }) => parent);
  const tree = rows.filter((row) => row.pid === pid);
  // Grows while it is walked. A process has one parent, so it comes once.
  for (const { pid: parent } of tree) tree.push(...(children.get(parent) ?? []));
  return tree.map(({ pid, rssBytes }) => ({ pid, rssBytes }));
}

function procRows(): readonly Row[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [statRow(Number(name), readFileSync(`/proc/${name}/stat`, 'utf8'))];
    } catch {
      // It ended between the list and the look.
      return [];
    }
  });
}

function statRow(pid: number, stat: string): Row {
  // The second field is the program's name, which may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, parent: Number(fields[1]), rssBytes: Number(fields[21]) * pageBytes() };
}

let knownPageBytes: number | undefined;

/** 16 or 64 KiB on some ARM machines. */
function pageBytes(): number {
  knownPageBytes ??= Number(Bun.spawnSync(['getconf', 'PAGESIZE']).stdout.toString()) || PAGE_BYTES;
  return knownPageBytes;
}

function psRows(): readonly Row[] {
  const { stdout } = Bun.spawnSync(['ps', '-A', '-o', 'pid=,ppid=,rss='], {
    timeout: PS_TIMEOUT_MS,
  });
  return parsePs(stdout.toString());
}

/** Lines of pid, parent and resident kilobytes. */
export function parsePs(text: string): readonly Row[] {
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/gm)].map(
    ([, pid, parent, kilobytes]) => ({
      pid: Number(pid),
      parent: Number(parent),
      rssBytes: Number(kilobytes) * 1024,
    }),
  );
}
