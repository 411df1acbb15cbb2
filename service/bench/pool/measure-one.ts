/** Measures one contender in a process of its own and prints the figures as JSON: `measure-one.ts NAME WORKERS`. */
import { median } from '../statistics.ts';
import { CONTENDERS } from './contenders.ts';
import type { ContenderName } from './contenders.ts';

export interface Figures {
  /** Round trip of one task at a time, median, in microseconds. */
  readonly p50Us: number;
  /** With `IN_FLIGHT` tasks in flight. */
  readonly tasksPerSecond: number;
}

const IN_FLIGHT = 64;
const WARM_UP = 3_000;
const SEQUENTIAL = 10_000;
const CONCURRENT = 40_000;

const [name, workers] = process.argv.slice(2);
const contender = await CONTENDERS[name as ContenderName](Number(workers));

for (let value = 0; value < WARM_UP; value++) await contender.run(value);

const times: number[] = [];
for (let value = 0; value < SEQUENTIAL; value++) {
  const startedAt = performance.now();
  if ((await contender.run(value)) !== value) throw new Error(`${name} answered another task`);
  times.push((performance.now() - startedAt) * 1000);
}

let next = 0;
const startedAt = performance.now();
await Promise.all(
  Array.from({ length: IN_FLIGHT }, async () => {
    while (next < CONCURRENT) await contender.run(next++);
  }),
);
const tasksPerSecond = CONCURRENT / ((performance.now() - startedAt) / 1000);

console.log(JSON.stringify({ p50Us: median(times), tasksPerSecond } satisfies Figures));
// Some peers keep handles open after their own stop; the figures are out.
void contender.stop().catch(() => undefined);
setTimeout(() => process.exit(0), 200);
