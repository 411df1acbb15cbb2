import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { residentBytes } from '../../bench/served.ts';
import { shortClip } from './clip.ts';
import { ISOLATED, serve } from './served.ts';
import type { Served } from './served.ts';
import { openFiles, say, until } from './waiting.ts';

const KEY = 'stt_good';
const UPLOADS = 5_000;
const IN_FLIGHT = 50;
const BYTES = 200_000;
/** Growth that a server under a flood may show; the uploads together would be a gigabyte. */
const MEMORY_BYTES = 40 * 1024 * 1024;
const FLOOD = join(import.meta.dirname, '../../bench/key-flood.ts');

let directory = '';
let served: Served | undefined;

afterEach(async () => {
  await served?.dispose();
  rmSync(directory, { recursive: true, force: true });
});

async function flood(url: string, total: number): Promise<Record<string, number>> {
  const child = Bun.spawn(
    [
      process.execPath,
      '--no-env-file',
      FLOOD,
      url + ISOLATED,
      `${total}`,
      `${IN_FLIGHT}`,
      `${BYTES}`,
    ],
    { stdout: 'pipe', stderr: 'inherit' },
  );
  return JSON.parse(await new Response(child.stdout).text()) as Record<string, number>;
}

it(`${UPLOADS} uploads with wrong keys, ${IN_FLIGHT} in flight, reach neither memory nor spool, and a good key works all the while`, async () => {
  directory = mkdtempSync(join(tmpdir(), 'stt-wrong-keys-'));
  const keys = join(directory, 'keys');
  writeFileSync(keys, `good:${createHash('sha256').update(KEY).digest('hex')}\n`);
  served = await serve({ STT_API_KEYS_FILE: keys, PROCESS_POOL_SIZE: '1' });
  const { url, child } = served;
  const good = async () => {
    const form = new FormData();
    form.set('audio_file', new Blob([shortClip()]), 'clip.wav');
    const answer = await fetch(url + ISOLATED, {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${KEY}` },
    });
    const { text } = (await answer.json()) as { text?: string };
    return { status: answer.status, text };
  };
  const expected = await good();
  expect(expected.status).toBe(200);
  const first = await flood(url, 500);
  expect(first['401']).toBeGreaterThanOrEqual(20);
  const [memory, files] = [residentBytes(child.pid), openFiles(child.pid)];

  const state = { over: false };
  let most = 0;
  const refused = flood(url, UPLOADS).finally(() => (state.over = true));
  let answered = 0;
  while (!state.over) {
    expect(await good()).toEqual(expected);
    answered += 1;
    most = Math.max(most, served.spooled().length);
  }
  const outcomes = await refused;
  const grown = residentBytes(child.pid) - memory;
  say(
    `${JSON.stringify(outcomes)}; ${answered} good ones answered; memory grown by ${(grown / 1024 / 1024).toFixed(1)} MB`,
  );
  expect((outcomes['401'] ?? 0) + (outcomes['429'] ?? 0)).toBe(UPLOADS);
  expect(answered).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(1);
  expect(served.spooled()).toEqual([]);
  expect(grown).toBeLessThan(MEMORY_BYTES);
  await until(() => openFiles(child.pid) <= files + 2, 'the connections to be closed');
});
