/** `make bench-azure`: what our way to Azure costs over Azure's own answer time, with the emulator in Azure's place. */
import { cpus } from 'node:os';
import { createEmulator } from '../emulator/index.ts';
import type { Emulator } from '../emulator/index.ts';
import { AUDIO_DIR, clipOf } from './clips.ts';
import { residentBytes, serve } from './served.ts';
import type { Served } from './served.ts';
import { median, quantile } from './statistics.ts';
import { mb, ms } from './units.ts';
import { untunedRecognition } from './untuned-speech.ts';

const ENGINES = ['azure-speech', 'azure-fast'] as const;
const CLIP_SECONDS = 7;
const WARM_UP = 20;
const REQUESTS = 200;
const MEMORY_REQUESTS = 1_000;
const WORKERS = 12;

const clip = clipOf(CLIP_SECONDS);
console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Bun ${Bun.version}, ${clip.seconds.toFixed(1)} s clip from ${AUDIO_DIR}`,
);
for (const engine of ENGINES) {
  await overhead(engine);
  await throughput(engine);
  await memory(engine);
}
await untuned();
// The SDK as it comes keeps a web worker for its timers, which would keep this process.
process.exit(0);

/** Every request in turn on one worker: client's wall time minus the time that the emulator itself took to answer. */
async function overhead(engine: string): Promise<void> {
  await withAzure(engine, 1, async (service, emulator) => {
    const wallMs: number[] = [];
    for (let request = 0; request < WARM_UP + REQUESTS; request += 1) {
      wallMs.push(await service.transcribe(clip));
    }
    const answerMs = emulator.answerTimesMs;
    const overMs = wallMs
      .map((wall, request) => wall - (answerMs[request] ?? Number.NaN))
      .slice(WARM_UP);
    report(
      `${engine}: over the emulator's own answer time, ${REQUESTS} requests in turn`,
      `p50 ${ms(median(overMs))}, p99 ${ms(quantile(overMs, 0.99))} (wall p50 ${ms(median(wallMs.slice(WARM_UP)))})`,
    );
  });
}

async function throughput(engine: string): Promise<void> {
  await withAzure(engine, WORKERS, async (service) => {
    const drive = async (requests: number) => {
      const startedAt = performance.now();
      const wallMs = await Promise.all(
        Array.from({ length: requests }, () => service.transcribe(clip)),
      );
      return { wallMs, seconds: (performance.now() - startedAt) / 1000 };
    };
    await drive(WORKERS * 3);
    const { wallMs, seconds } = await drive(REQUESTS);
    report(
      `${engine}: ${REQUESTS} in flight on ${WORKERS} workers`,
      `${(REQUESTS / seconds).toFixed(0)} requests a second, ${((REQUESTS * clip.seconds) / seconds).toFixed(0)} s of audio a second, p99 ${ms(quantile(wallMs, 0.99))}`,
    );
  });
}

/** Resident memory of the only worker, which is never replaced. */
async function memory(engine: string): Promise<void> {
  await withAzure(engine, 1, async (service) => {
    const pid = await workerPid(service);
    const drive = async (requests: number) => {
      for (let request = 0; request < requests; request += 1) await service.transcribe(clip);
    };
    await drive(100);
    const before = residentBytes(pid);
    await drive(MEMORY_REQUESTS);
    const after = residentBytes(pid);
    report(
      `${engine}: worker memory over ${MEMORY_REQUESTS} requests after 100, recycling off`,
      `${mb(before)} → ${mb(after)}, ${((after - before) / 1024 / MEMORY_REQUESTS).toFixed(1)} kB a request`,
    );
  });
}

/** The Speech SDK as it comes, without a service around it. */
async function untuned(): Promise<void> {
  const emulator = createEmulator();
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) times.push(await untunedRecognition(emulator, clip));
  await emulator.stop();
  report('the Speech SDK with its throttle, in one process, median of 5', ms(median(times)));
}

async function withAzure(
  engine: string,
  workers: number,
  use: (service: Served, emulator: Emulator) => Promise<void>,
): Promise<void> {
  const emulator = createEmulator();
  const service = await serve({
    ...emulator.env,
    STT_ENGINE: engine,
    // Their minute would be over in a second here.
    STT_AZURE_FAST_REQUESTS_PER_MINUTE: '1000000',
    PROCESS_POOL_SIZE: String(workers),
    PROCESS_MAX_TASKS: '0',
    PROCESS_IDLE_RECYCLE_SECONDS: '0',
  });
  try {
    await use(service, emulator);
  } finally {
    await service.stop();
    await emulator.stop();
  }
}

async function workerPid({ url }: Served): Promise<number> {
  const { pools } = (await (await fetch(`${url}/status`)).json()) as {
    pools: Record<string, { workers: { pid: number }[] }>;
  };
  const pid = Object.values(pools)[0]?.workers[0]?.pid;
  if (pid === undefined) throw new Error('/status shows no worker');
  return pid;
}

function report(what: string, figure: string): void {
  console.log(`${what}: ${figure}`);
}
