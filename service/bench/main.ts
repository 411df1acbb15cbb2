/** `make bench`: start-up, overhead, real-time factor and memory, as ratios and differences measured in one run. */
import { availableParallelism, cpus } from 'node:os';
import type { EngineId } from '../src/contract.ts';
import { startBare } from './bare-process.ts';
import { AUDIO_DIR, clipOf } from './clips.ts';
import { serve } from './served.ts';
import type { Served } from './served.ts';
import { median, quantile } from './statistics.ts';
import { mb, ms } from './units.ts';

const PARTS = { start, overhead, throughput, memory } as const;
const SHORT_CLIP_SECONDS = 7;
const cores = availableParallelism();

const wanted = (process.env['PARTS'] ?? 'start,overhead,throughput').split(',');
console.log(`${cpus()[0]?.model}, ${cores} cores, Bun ${Bun.version}, audio from ${AUDIO_DIR}`);
for (const name of wanted) {
  const part = PARTS[name as keyof typeof PARTS];
  if (part === undefined)
    throw new Error(`PARTS has "${name}"; known: ${Object.keys(PARTS).join(', ')}`);
  await part();
}

async function withService<T>(env: Record<string, string>, use: (service: Served) => Promise<T>) {
  const service = await serve(env);
  try {
    return await use(service);
  } finally {
    await service.stop();
  }
}

/** From process start to the first 200 of `/readyz`, one worker per core. */
async function start(): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    times.push(await withService({}, ({ readyMs }) => Promise.resolve(readyMs)));
  }
  report(
    'start to ready, one worker per core',
    `${ms(median(times))} median, ${ms(Math.max(...times))} worst of 5`,
  );
}

/** Client's wall time of one upload minus the same work in a bare process, in turns. */
async function overhead(): Promise<void> {
  const clip = clipOf(SHORT_CLIP_SECONDS);
  const bare = await startBare('moonshine-base');
  await withService({ PROCESS_POOL_SIZE: '1', PROCESS_MAX_TASKS: '0' }, async (service) => {
    const bareMs: number[] = [];
    const servedMs: number[] = [];
    for (let round = 0; round < 45; round++) {
      const pair = [await bare.run(clip.path), await service.transcribe(clip)] as const;
      if (round < 5) continue;
      bareMs.push(pair[0]);
      servedMs.push(pair[1]);
    }
    const differences = servedMs.map((value, round) => value - (bareMs[round] ?? 0));
    report(
      `isolated endpoint minus bare process, ${clip.seconds.toFixed(1)} s clip, 40 pairs`,
      `p50 ${ms(median(servedMs) - median(bareMs))} (bare ${ms(median(bareMs))}, served ${ms(median(servedMs))}; ` +
        `p50 of differences ${ms(median(differences))}, p90 ${ms(quantile(differences, 0.9))})`,
    );
  });
  bare.stop();
}

/** Audio seconds per second with every core busy: the service against bare processes, in turns. */
async function throughput(): Promise<void> {
  for (const engine of ['moonshine-base', 'moonshine-tiny'] as const) {
    const clip = clipOf(SHORT_CLIP_SECONDS);
    const ratios: number[] = [];
    const rates: number[] = [];
    await withService({ STT_ENGINE: engine, PROCESS_MAX_TASKS: '0' }, async (service) => {
      const bare = await Promise.all(Array.from({ length: cores }, () => startBare(engine)));
      const jobs = 16 * cores;
      const drive = async (lanes: readonly ((path: string) => Promise<unknown>)[]) => {
        const startedAt = performance.now();
        let left = jobs;
        const work = async (run: (path: string) => Promise<unknown>) => {
          while (left-- > 0) await run(clip.path);
        };
        await Promise.all(lanes.map(work));
        return (jobs * clip.seconds * 1000) / (performance.now() - startedAt);
      };
      const bareLanes = bare.map((child) => (path: string) => child.run(path));
      // One more request in flight than workers, so that a worker never waits for the next upload.
      const servedLanes = Array.from({ length: cores + 1 }, () => () => service.transcribe(clip));
      await drive(servedLanes);
      for (let round = 0; round < 5; round++) {
        const bareRate = await drive(bareLanes);
        const servedRate = await drive(servedLanes);
        rates.push(servedRate);
        ratios.push(servedRate / bareRate);
      }
      for (const child of bare) child.stop();
    });
    report(
      `${engine}: isolated endpoint / ${cores} bare processes`,
      `${median(ratios).toFixed(3)} (${median(rates).toFixed(1)} s of audio a second)`,
    );
  }
}

/** Growth of the server's memory over 2,000 isolated requests after 200 to warm up. */
async function memory(): Promise<void> {
  const engine: EngineId = 'moonshine-tiny';
  const clip = clipOf(2);
  await withService({ STT_ENGINE: engine }, async (service) => {
    const drive = async (requests: number) => {
      let left = requests;
      const work = async () => {
        while (left-- > 0) await service.transcribe(clip);
      };
      await Promise.all(Array.from({ length: cores + 1 }, work));
    };
    await drive(200);
    await Bun.sleep(2_000);
    const before = service.parentBytes();
    await drive(2_000);
    await Bun.sleep(2_000);
    const after = service.parentBytes();
    report(
      `server memory over 2,000 isolated requests (${engine}, ${clip.seconds.toFixed(1)} s clip)`,
      `${mb(before)} → ${mb(after)}, grown by ${mb(after - before)}`,
    );
  });
}

function report(what: string, figure: string): void {
  console.log(`${what}: ${figure}`);
}
