/** What isolation costs a request: the same route and engine, in a subprocess and in the server, in turns. */
import { PATHS } from '../../src/contract.ts';
import { tone, wavFile } from '../../test/audio-files.ts';
import { median, quantile } from '../statistics.ts';
import { startNoOpService } from './no-op-service.ts';

const WAV_BYTES = 230_000;
const WARM_UP = 50;
const PAIRS = 500;

export async function isolationOverhead(): Promise<void> {
  const service = await startNoOpService({ PROCESS_POOL_SIZE: '1' });
  const wav = new Uint8Array(wavFile(tone(440, (WAV_BYTES - 44) / 32_000)));
  const post = async (path: string) => {
    const form = new FormData();
    form.set('audio_file', new Blob([wav]), 'tone.wav');
    const startedAt = performance.now();
    const answer = await fetch(service.url + path, { method: 'POST', body: form });
    const body = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body}`);
    return performance.now() - startedAt;
  };
  const isolated: number[] = [];
  const inProcess: number[] = [];
  for (let pair = 0; pair < WARM_UP + PAIRS; pair++) {
    const times = [await post(PATHS.transcriptionsIsolated), await post(PATHS.transcriptionsSync)];
    if (pair < WARM_UP) continue;
    isolated.push(times[0] ?? 0);
    inProcess.push(times[1] ?? 0);
  }
  await service.stop();
  const differences = isolated.map((time, pair) => time - (inProcess[pair] ?? 0));
  console.log(
    `\nisolation overhead, ${WAV_BYTES / 1000} kB WAV, no-op engine, ${PAIRS} pairs: ` +
      `p50 ${(median(isolated) - median(inProcess)).toFixed(2)} ms ` +
      `(isolated ${median(isolated).toFixed(2)}, in process ${median(inProcess).toFixed(2)}; ` +
      `differences p50 ${median(differences).toFixed(2)}, p90 ${quantile(differences, 0.9).toFixed(2)})`,
  );
}
