/** `make bench-keys`: what a flood of uploads with wrong keys costs a caller with a good one, and the server. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATHS } from '../src/contract.ts';
import { AUDIO_DIR, clipOf } from './clips.ts';
import { serve } from './served.ts';
import { median, quantile } from './statistics.ts';
import { mb, ms } from './units.ts';

const KEY = 'stt_good';
const FLOOD = { total: 5_000, inFlight: 50, bytes: 200_000 };
const CLIP_SECONDS = 7;
const ALONE = 80;
const ROUNDS = 8;

const directory = mkdtempSync(join(tmpdir(), 'stt-keys-'));
const keysFile = join(directory, 'keys');
writeFileSync(keysFile, `good:${createHash('sha256').update(KEY).digest('hex')}\n`);
const clip = clipOf(CLIP_SECONDS);
const service = await serve({
  STT_API_KEYS_FILE: keysFile,
  STT_SPOOL_DIR: join(directory, 'spool'),
  PROCESS_POOL_SIZE: '1',
});
const good = () => service.transcribe(clip, { 'x-api-key': KEY });
const isolated = service.url + PATHS.transcriptionsIsolated;

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Bun ${Bun.version}, clip from ${AUDIO_DIR}`,
);
for (let request = 0; request < 10; request += 1) await good();
await flood();

const alone: number[] = [];
const flooded: number[] = [];
const before = service.parentBytes();
for (let round = 0; round < ROUNDS; round += 1) {
  for (let request = 0; request < ALONE / ROUNDS; request += 1) alone.push(await good());
  const attack = flood();
  const state = { over: false };
  void attack.then(() => (state.over = true));
  // A request that ends after the flood has felt only a part of it.
  while (!state.over) {
    const elapsed = await good();
    if (!state.over) flooded.push(elapsed);
  }
  console.log(`flood ${round + 1}: ${await attack}`);
}
const after = service.parentBytes();
console.log(
  `good caller's p50: alone ${ms(median(alone))} of ${alone.length}, in the flood ${ms(median(flooded))} of ${flooded.length}: ` +
    `${(median(flooded) / median(alone)).toFixed(2)} times (p90 ${(quantile(flooded, 0.9) / quantile(alone, 0.9)).toFixed(2)} times)`,
);
console.log(
  `server memory over ${ROUNDS * FLOOD.total} refused uploads: ${mb(before)} → ${mb(after)}; spooled files left: ${spooled()}`,
);
await service.stop();
rmSync(directory, { recursive: true, force: true });

/** The clients of a flood are on other machines: here they get the processor time that the server leaves. */
async function flood(): Promise<string> {
  const { total, inFlight, bytes } = FLOOD;
  const child = Bun.spawn(
    [
      'nice',
      '-n',
      '19',
      process.execPath,
      '--no-env-file',
      join(import.meta.dirname, 'key-flood.ts'),
      isolated,
      String(total),
      String(inFlight),
      String(bytes),
    ],
    { stdout: 'pipe', stderr: 'inherit' },
  );
  return new Response(child.stdout).text();
}

function spooled(): number {
  return readdirSync(join(directory, 'spool'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.includes('owner'),
  ).length;
}
