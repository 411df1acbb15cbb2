/** `make bench-pool`: the pool against its peers and the floor, and what isolation and recycling cost a service. */
import { availableParallelism, cpus } from 'node:os';
import { isolationOverhead } from './http.ts';
import { manyWorkers } from './many-workers.ts';
import { serverMemory } from './memory.ts';
import { noOp } from './no-op.ts';
import { recycling } from './recycle.ts';

const PARTS = {
  'no-op': noOp,
  http: isolationOverhead,
  recycling,
  memory: serverMemory,
  workers: manyWorkers,
};

const wanted = (process.env['PARTS'] || Object.keys(PARTS).join(',')).split(',');
console.log(`${cpus()[0]?.model}, ${availableParallelism()} cores, Bun ${Bun.version}`);
for (const name of wanted) {
  const part = PARTS[name as keyof typeof PARTS];
  if (part === undefined) {
    throw new Error(`PARTS has "${name}"; known: ${Object.keys(PARTS).join(', ')}`);
  }
  await part();
}
process.exit(0);
