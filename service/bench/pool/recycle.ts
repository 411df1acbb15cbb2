/** What recycling costs callers: the same load on two services, one that replaces a worker every five tasks. */
import { availableParallelism } from 'node:os';
import { clipOf } from '../clips.ts';
import { serve } from '../served.ts';
import type { Served } from '../served.ts';
import { median, quantile } from '../statistics.ts';

const CLIP_SECONDS = 7;
const BLOCKS = 4;
const BLOCK_REQUESTS = 60;

export async function recycling(): Promise<void> {
  const clip = clipOf(CLIP_SECONDS);
  const services = {
    'never replaced': await serve({ PROCESS_MAX_TASKS: '0' }),
    'replaced every 5 tasks': await serve({ PROCESS_MAX_TASKS: '5' }),
  };
  const times = new Map<string, number[]>();
  const failures = new Map<string, number>();
  const drive = async (name: string, service: Served) => {
    let left = BLOCK_REQUESTS;
    const lane = async () => {
      while (left-- > 0) {
        const ms = await service.transcribe(clip).catch(() => null);
        if (ms === null) failures.set(name, (failures.get(name) ?? 0) + 1);
        else times.set(name, [...(times.get(name) ?? []), ms]);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
  };
  for (let block = 0; block < BLOCKS; block++) {
    for (const [name, service] of Object.entries(services)) await drive(name, service);
  }
  console.log(
    `\nmoonshine-base, ${clip.seconds.toFixed(1)} s clip, one request in flight per core, ` +
      `${BLOCKS * BLOCK_REQUESTS} requests each, in turns`,
  );
  const p99: number[] = [];
  for (const [name, service] of Object.entries(services)) {
    const own = times.get(name) ?? [];
    p99.push(quantile(own, 0.99));
    console.log(
      `  workers ${name.padEnd(22)} failed ${failures.get(name) ?? 0}, p50 ${median(own).toFixed(0)} ms, ` +
        `p99 ${quantile(own, 0.99).toFixed(0)} ms`,
    );
    await service.stop();
  }
  console.log(`  p99 with recycling / without: ${((p99[1] ?? 0) / (p99[0] ?? 1)).toFixed(2)}`);
}
