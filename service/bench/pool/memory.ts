/** What the server process keeps: over many requests, and while a large upload passes through it. */
import { join } from 'node:path';
import { PATHS } from '../../src/contract.ts';
import { tone, wavFile } from '../../test/audio-files.ts';
import { residentBytes } from '../served.ts';

const WARM_UP = 500;
const REQUESTS = 10_000;
const IN_FLIGHT = 4;
const SETTLE_MS = 2_000;
const LARGE_BYTES = 100 * 1024 * 1024 - 1024;
const SAMPLE_MS = 5;
const MEGABYTE = 1024 * 1024;

export async function serverMemory(): Promise<void> {
  const child = Bun.spawn(
    [process.execPath, '--no-env-file', join(import.meta.dirname, 'no-op-server.ts')],
    { stdout: 'pipe', stderr: 'inherit' },
  );
  const [first] = await Array.fromAsync(firstChunk(child.stdout));
  const url = (first ?? '').trim() + PATHS.transcriptionsIsolated;
  const post = async (body: Uint8Array<ArrayBuffer>) => {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'audio/wav' },
    });
    await answer.text();
    return answer.status;
  };

  const clip = new Uint8Array(wavFile(tone(440, 1)));
  const drive = async (requests: number) => {
    let left = requests;
    const lane = async () => {
      while (left-- > 0) {
        const status = await post(clip);
        if (status !== 200) throw new Error(`a request was answered ${status}`);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    await Bun.sleep(SETTLE_MS);
  };
  await drive(WARM_UP);
  const before = residentBytes(child.pid);
  await drive(REQUESTS);
  const after = residentBytes(child.pid);
  console.log(
    `\nserver memory over ${REQUESTS} requests (no-op engine) after ${WARM_UP}: ` +
      `${inMegabytes(before)} → ${inMegabytes(after)}, grown by ${inMegabytes(after - before)}`,
  );

  // The limit of two hours is passed long before 100 MB of 8 kHz are decoded: the upload is what counts here.
  const large = new Uint8Array(LARGE_BYTES);
  large.set(clip.subarray(0, 44));
  for (let upload = 0; upload < 3; upload++) await post(large);
  await Bun.sleep(SETTLE_MS);
  const idle = residentBytes(child.pid);
  let peak = idle;
  const sampler = setInterval(() => {
    peak = Math.max(peak, residentBytes(child.pid));
  }, SAMPLE_MS);
  await post(large);
  clearInterval(sampler);
  console.log(
    `server memory during one ${Math.round(LARGE_BYTES / MEGABYTE)} MB upload after three: ` +
      `${inMegabytes(idle)} → peak ${inMegabytes(peak)}, grown by ${inMegabytes(peak - idle)}`,
  );
  child.kill('SIGTERM');
  await child.exited;
}

async function* firstChunk(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  for await (const chunk of stream) {
    yield new TextDecoder().decode(chunk);
    return;
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
