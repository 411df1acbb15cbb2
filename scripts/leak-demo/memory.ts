/** What server and workers hold at one moment. */
import { processTree, proportionalBytes, treeRssBytes } from '../measure/process-tree.ts';

export interface MemorySample {
  readonly serverRssBytes: number;
  readonly workersRssBytes: number;
  /** With shared pages divided among those who share them; null where the system does not say. */
  readonly totalPssBytes: number | null;
  readonly workers: number;
}

/** Throws when the server is no more. */
export function sampleMemory(pid: number): MemorySample {
  const [server, ...workers] = processTree(pid);
  // A process that was killed and not yet waited for is listed without memory.
  if (server === undefined || server.rssBytes === 0) throw new Error(`process ${pid} is no more`);
  const proportional = [server, ...workers].map((each) => proportionalBytes(each.pid));
  return {
    serverRssBytes: server.rssBytes,
    workersRssBytes: treeRssBytes(workers),
    totalPssBytes: proportional.reduce<number | null>(
      (sum, bytes) => (sum === null || bytes === null ? null : sum + bytes),
      0,
    ),
    workers: workers.length,
  };
}

export function totalRssBytes({ serverRssBytes, workersRssBytes }: MemorySample): number {
  return serverRssBytes + workersRssBytes;
}
