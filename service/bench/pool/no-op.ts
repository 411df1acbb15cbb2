/** No-op tasks: our pool against the floor and against its peers, every figure as a ratio of the same round. */
import { join } from 'node:path';
import { median } from '../statistics.ts';
import type { ContenderName } from './contenders.ts';
import type { Figures } from './measure-one.ts';

const ROUNDS = 5;
const TIMEOUT_MS = 60_000;

async function measure(name: ContenderName, workers: number): Promise<Figures | null> {
  const child = Bun.spawn(
    [
      process.execPath,
      '--no-env-file',
      join(import.meta.dirname, 'measure-one.ts'),
      name,
      String(workers),
    ],
    { stdout: 'pipe', stderr: 'ignore', timeout: TIMEOUT_MS, killSignal: 'SIGKILL' },
  );
  const line = (await new Response(child.stdout).text()).trim();
  return line === '' ? null : (JSON.parse(line) as Figures);
}

/** Contenders take turns, so that what else the machine does falls on all of them. */
async function rounds(names: readonly ContenderName[], workers: number) {
  const figures = new Map<ContenderName, Figures[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const measured = await measure(name, workers);
      if (measured !== null) figures.get(name)?.push(measured);
    }
  }
  return figures;
}

export async function noOp(): Promise<void> {
  await compare(
    'one worker, against a bare Bun.spawn child',
    ['floor', 'floor-pipelined', 'ours'],
    1,
  );
  await compare(
    'two workers',
    ['floor', 'ours', 'poolifier-queue', 'poolifier', 'jest-worker', 'tinypool', 'piscina'],
    2,
  );
}

async function compare(title: string, names: readonly ContenderName[], workers: number) {
  const figures = await rounds(names, workers);
  const own = figures.get('ours') ?? [];
  console.log(`\nno-op tasks, ${title} (median of ${ROUNDS} rounds)`);
  for (const [name, measured] of figures) {
    if (measured.length === 0) {
      console.log(`  ${name.padEnd(15)} did not finish`);
      continue;
    }
    const p50 = median(measured.map(({ p50Us }) => p50Us));
    const rate = median(measured.map(({ tasksPerSecond }) => tasksPerSecond));
    const p50Ratio = median(measured.map(({ p50Us }, round) => (own[round]?.p50Us ?? 0) / p50Us));
    const rateRatio = median(
      measured.map(
        ({ tasksPerSecond }, round) => (own[round]?.tasksPerSecond ?? 0) / tasksPerSecond,
      ),
    );
    console.log(
      `  ${name.padEnd(15)} p50 ${p50.toFixed(1).padStart(6)} us   ${Math.round(rate).toString().padStart(7)} tasks/s` +
        `   ours/it: p50 ${p50Ratio.toFixed(2)}, tasks/s ${rateRatio.toFixed(2)}`,
    );
  }
}
