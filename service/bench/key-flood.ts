/** Uploads with wrong keys, so many in flight: run as a process of its own, at the lowest priority. */
import { argv, stdout } from 'node:process';

const [url = '', total = '0', inFlight = '1', bytes = '0'] = argv.slice(2);
const body = new Blob([new Uint8Array(Number(bytes)).fill(7)]);
const statuses: Record<string, number> = {};
let left = Number(total);

async function work(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const form = new FormData();
    form.set('audio_file', body, 'clip.wav');
    const answer = await fetch(url, {
      method: 'POST',
      body: form,
      headers: { 'x-api-key': `stt_wrong_${left}` },
    }).catch(() => null);
    const outcome = answer === null ? 'no answer' : String(answer.status);
    await answer?.body?.cancel();
    statuses[outcome] = (statuses[outcome] ?? 0) + 1;
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, work));
stdout.write(JSON.stringify(statuses));
