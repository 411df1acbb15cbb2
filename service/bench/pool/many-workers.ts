/** How much memory twelve warm workers with the base model take. */
import { PATHS } from '../../src/contract.ts';
import { serve } from '../served.ts';
import { median } from '../statistics.ts';

const WORKERS = 12;
const MEGABYTE = 1024 * 1024;

export async function manyWorkers(): Promise<void> {
  const service = await serve({ PROCESS_POOL_SIZE: String(WORKERS) });
  let workers: { pid: number; state: string }[] = [];
  while (workers.filter(({ state }) => state === 'idle').length < WORKERS) {
    await Bun.sleep(100);
    const status = (await (await fetch(service.url + PATHS.status)).json()) as {
      pools: Record<string, { workers: { pid: number; state: string }[] }>;
    };
    workers = Object.values(status.pools)[0]?.workers ?? [];
  }
  const shares = await Promise.all(workers.map(({ pid }) => proportionalBytes(pid)));
  const total = shares.reduce((sum, bytes) => sum + bytes, 0);
  console.log(
    `\n${WORKERS} warm workers with moonshine-base: ${(total / MEGABYTE).toFixed(0)} MB in all, ` +
      `${(median(shares) / MEGABYTE).toFixed(0)} MB each (proportional set size: shared pages counted once)`,
  );
  await service.stop();
}

async function proportionalBytes(pid: number): Promise<number> {
  const rollup = await Bun.file(`/proc/${pid}/smaps_rollup`).text();
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024;
}
