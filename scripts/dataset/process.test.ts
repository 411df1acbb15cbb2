import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Corpus } from './corpus.ts';
import { archiveOf, corpusEntries, corpusOf, UTTERANCES } from './testing/made-archive.ts';
import { startMirror } from './testing/mirror.ts';
import type { Mirror } from './testing/mirror.ts';
import { createPlace, HASTE, spawn, verbCommand } from './testing/place.ts';
import type { Place } from './testing/place.ts';

const HALF = 400_000;
const PATIENT = { ...HASTE, stallMs: 60_000 };
/** A namespace of its own, in which everybody may mount. */
const IN_NAMESPACE = ['unshare', '--user', '--map-root-user', '--mount'];
const CAN_MOUNT =
  Bun.which('unshare') !== null &&
  Bun.spawnSync([...IN_NAMESPACE, 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).exitCode === 0;

let archive: Buffer;
let place: Place;
let mirror: Mirror;
let corpus: Corpus;

beforeAll(async () => {
  archive = await archiveOf(corpusEntries());
});
beforeEach(async () => {
  place = createPlace();
  mirror = await startMirror(archive, place.places.part);
  corpus = corpusOf(archive, [mirror.url]);
});
afterEach(async () => {
  await mirror.close();
  place.remove();
});

async function outcome(child: ReturnType<typeof spawn>) {
  const [exitCode, out, err] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { exitCode, out, err };
}

/** Resolves when it has said so. */
async function heard(child: ReturnType<typeof spawn>, text: string): Promise<void> {
  const decoder = new TextDecoder();
  let said = '';
  for await (const chunk of child.stdout) {
    said += decoder.decode(chunk, { stream: true });
    if (said.includes(text)) return;
  }
  throw new Error(`It ended and never said ${text}, but ${said}`);
}

describe('the process', () => {
  it('ends with 0 and the number of recordings', async () => {
    const { exitCode, out, err } = await outcome(place.start(corpus, ['--limit=3']));
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('names 3 recordings of 3 speakers');
  });

  it('ends with 1 and a sentence where something is wrong', async () => {
    const { exitCode, err } = await outcome(place.start(corpus, ['--limit=none']));
    expect([exitCode, err]).toEqual([1, expect.stringContaining('LIMIT=none cannot be')]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'keeps what came when %s stops it in the middle, and goes on from there',
    async (signal) => {
      mirror.behave({ holdAfter: HALF });
      const child = place.start(corpus, [], PATIENT);
      await vi.waitFor(() => expect(statSync(place.places.part).size).toBe(HALF), 10_000);
      child.kill(signal);
      const { exitCode, err } = await outcome(child);
      expect(exitCode).toBe(130);
      expect(err).toContain('Stopped. What was downloaded is kept: make generate-audio-list');
      expect(existsSync(place.places.lock)).toBe(false);
      expect(place.list()).toBeNull();

      const again = await outcome(place.start(corpus));
      expect(again.exitCode).toBe(0);
      expect(mirror.seen.at(-1)).toEqual({ range: `bytes=${HALF}-`, ifRange: '"one"' });
      expect(place.list()?.entries).toHaveLength(UTTERANCES);
    },
  );

  it('goes on after it was killed without a word', async () => {
    mirror.behave({ holdAfter: HALF });
    const child = place.start(corpus, [], PATIENT);
    await vi.waitFor(() => expect(statSync(place.places.part).size).toBe(HALF), 10_000);
    child.kill('SIGKILL');
    await child.exited;
    expect(existsSync(place.places.lock)).toBe(true);
    expect((await outcome(place.start(corpus))).exitCode).toBe(0);
    expect(place.list()?.entries).toHaveLength(UTTERANCES);
  });

  it('goes on from the archive when it was stopped while it unpacks', async () => {
    // Nobody reads it: the first recording cannot be opened for writing.
    expect(Bun.spawnSync(['mkfifo', place.places.recording]).exitCode).toBe(0);
    const child = place.start(corpus);
    await heard(child, 'none of them damaged');
    child.kill('SIGINT');
    expect(await child.exited).toBe(130);
    expect(place.list()).toBeNull();
    expect(place.cached().filter((path) => path.endsWith('.flac'))).toEqual([]);

    rmSync(place.places.recording);
    expect((await outcome(place.start(corpus))).exitCode).toBe(0);
    expect(place.list()?.entries).toHaveLength(UTTERANCES);
    expect(mirror.seen).toHaveLength(1);
  });

  it('lets no second one in meanwhile', async () => {
    mirror.behave({ holdAfter: HALF });
    const child = place.start(corpus, [], PATIENT);
    await vi.waitFor(() => expect(statSync(place.places.part).size).toBe(HALF), 10_000);
    const { exitCode, err } = await outcome(place.start(corpus));
    expect([exitCode, err]).toEqual([1, expect.stringContaining(`Process ${child.pid} is at it`)]);
    child.kill('SIGINT');
    await child.exited;
    expect(statSync(place.places.part).size).toBe(HALF);
  });

  it.skipIf(!CAN_MOUNT)(
    'keeps what came when a real disk fills up meanwhile, and goes on once there is room',
    async () => {
      mirror.behave({ holdAfter: HALF });
      const small = { ...corpus, unpackedBytes: 0 };
      const verb = verbCommand(place.root, small, [], PATIENT);
      const quoted = verb.map((part) => `'${part}'`).join(' ');
      const script = `
        mount -t tmpfs -o size=4m tmpfs ${place.places.cache}
        ${quoted} >${place.root}/first 2>&1 &
        until [ "$(stat -c %s ${place.places.part} 2>/dev/null)" = ${HALF} ]; do sleep 0.05; done
        dd if=/dev/zero of=${place.places.cache}/fill bs=4096 2>/dev/null
        : >${place.root}/full
        wait $!; echo "$?" >${place.root}/codes
        stat -c %s ${place.places.part} >>${place.root}/codes
        rm ${place.places.cache}/fill
        ${quoted} >${place.root}/second 2>&1; echo "$?" >>${place.root}/codes
        ls ${place.places.tree} | wc -l >>${place.root}/codes`;
      const ran = spawn([...IN_NAMESPACE, 'sh', '-c', script]);
      await vi.waitFor(() => expect(existsSync(join(place.root, 'full'))).toBe(true), 20_000);
      mirror.release();
      expect(await outcome(ran)).toMatchObject({ exitCode: 0 });
      const [first, second, codes] = ['first', 'second', 'codes'].map((name) =>
        readFileSync(join(place.root, name), 'utf8'),
      );
      expect(first).toContain('is full (ENOSPC). What was downloaded is kept.');
      const [failed, kept, succeeded, speakers] = codes?.trim().split('\n').map(Number) ?? [];
      expect([failed, succeeded, speakers, second]).toEqual([
        1,
        0,
        3,
        expect.stringContaining('names 8 recordings'),
      ]);
      expect(kept).toBeGreaterThanOrEqual(HALF);
      expect(mirror.seen.at(-1)?.range).toBe(`bytes=${kept}-`);
    },
  );
});
