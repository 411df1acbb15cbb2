import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { shortClip } from './clip.ts';
import { serve } from './served.ts';
import type { Served } from './served.ts';
import { learnText } from './uploads.ts';
import { counted, openFiles, say, until } from './waiting.ts';

const REFUSED = 40;
const IN_FLIGHT = 4;
/** Set where the system forbids mounting. Unset, a mount that fails is a failure: nothing is skipped in silence. */
const MAY_NOT_MOUNT = process.env['FAULTS_WITHOUT_MOUNT'] === '1';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(env: Record<string, string> = {}): Promise<Served> {
  const served = await serve({ PROCESS_POOL_SIZE: '1', ...env });
  cleanups.push(() => served.dispose());
  return served;
}

/** A file system of one megabyte. */
function mountTiny(): string {
  const path = mkdtempSync(join(tmpdir(), 'stt-tiny-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  const { status, stderr, error } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', 'size=1m', 'stt-tiny', path],
    { encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new Error(
      `cannot mount a tmpfs (${error?.message ?? stderr.trim()}): run as root, ` +
        'or set FAULTS_WITHOUT_MOUNT=1 to do without the full disk',
    );
  }
  cleanups.push(() => spawnSync('umount', ['--lazy', path]));
  return path;
}

/** While the trouble lasts every upload gets the documented answer, and nothing of it stays anywhere. */
async function expectStorageFull(service: Served, clip: Uint8Array<ArrayBuffer>): Promise<void> {
  const filesBefore = openFiles(service.child.pid);
  const answers = [];
  for (let sent = 0; sent < REFUSED; sent += IN_FLIGHT) {
    answers.push(
      ...(await Promise.all(Array.from({ length: IN_FLIGHT }, () => service.send(clip)))),
    );
  }
  const outcomes: Record<string, number> = {};
  for (const { outcome } of answers) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  say(`${REFUSED} uploads during the trouble: ${counted(outcomes)}`);
  expect(outcomes).toEqual({ storage_full: REFUSED });
  for (const { status, retryAfter } of answers) {
    expect(status).toBe(503);
    expect(retryAfter).toBeGreaterThan(0);
  }
  const { spool, pool } = await service.status();
  expect(spool).toMatchObject({ files: 0, bytes: 0 });
  expect(pool.queue.depth).toBe(0);
  expect(service.spooled()).toEqual([]);
  // Connections of our own that are kept alive come and go.
  await until(
    () => openFiles(service.child.pid) <= filesBefore + IN_FLIGHT,
    'the files of the refused uploads to be closed',
  );
}

describe('a spool in trouble', () => {
  it.skipIf(MAY_NOT_MOUNT)(
    'refuses uploads while the disk is full and takes them again after',
    async () => {
      const directory = mountTiny();
      const service = await start({ STT_SPOOL_DIR: directory });
      const clip = shortClip();
      const text = await learnText(service, clip, 3);
      const ballast = join(directory, 'ballast');
      // Leaves room for the beginning of an upload: the disk becomes full in the middle of it.
      writeFileSync(ballast, new Uint8Array(2 ** 20 - 32_768));
      await expectStorageFull(service, clip);
      rmSync(ballast);
      expect(await service.send(clip)).toMatchObject({ status: 200, text });
      expect(service.spooled()).toEqual([]);
    },
  );

  it('refuses uploads while its directory is gone and takes them again after', async () => {
    const service = await start();
    const clip = shortClip();
    const text = await learnText(service, clip, 3);
    const [run = ''] = readdirSync(service.spoolDirectory);
    const directory = join(service.spoolDirectory, run);
    rmSync(directory, { recursive: true });
    await expectStorageFull(service, clip);
    mkdirSync(directory, { mode: 0o700 });
    expect(await service.send(clip)).toMatchObject({ status: 200, text });
    expect(service.spooled()).toEqual([]);
  });

  it('refuses what would pass STT_SPOOL_MAX_MB, and serves what it took', async () => {
    const service = await start({
      STT_SPOOL_MAX_MB: '1',
      STT_MAX_FILE_SIZE_MB: '1',
      STT_FAULTS: 'slow:0.2s',
      STT_ALLOW_FAULTS: 'true',
    });
    const clip = shortClip();
    const text = await learnText(service, clip, 1);
    const fitting = Math.floor(2 ** 20 / clip.byteLength);
    const answers = await Promise.all(
      Array.from({ length: fitting + 4 }, () => service.send(clip)),
    );
    const taken = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ outcome }) => outcome === 'storage_full');
    say(`${taken.length} taken, ${refused.length} refused by a spool of one megabyte`);
    expect(taken.length + refused.length).toBe(answers.length);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.every((answer) => answer.text === text)).toBe(true);
    expect(refused.every(({ retryAfter }) => retryAfter > 0)).toBe(true);
    expect((await service.status()).spool).toMatchObject({ files: 0, bytes: 0 });
    expect(await service.send(clip)).toMatchObject({ status: 200, text });
  });
});
