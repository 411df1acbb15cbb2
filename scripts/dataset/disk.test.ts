import { writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../verbs/refusal.ts';
import { checkSpace, onDisk, untilFull } from './disk.ts';
import { HAS_FULL_DEVICE } from './testing/place.ts';

describe('the disk', () => {
  it('holds files in whole blocks', () => {
    expect(onDisk([{ bytes: 1 }, { bytes: 4096 }, { bytes: 4097 }])).toBe(4 * 4096);
  });

  it('has room for what fits, and says how much is needed and free', async () => {
    const notes: string[] = [];
    await checkSpace(tmpdir(), 727_000_000, (text) => notes.push(text));
    expect(notes).toEqual([
      expect.stringMatching(/^Needs 727\.0 MB on the disk, which has [\d.]+ [GM]B free\.$/),
    ]);
  });

  it('has no room for more than is free, and says how much to free', async () => {
    const { bavail, bsize } = await statfs(tmpdir());
    const checked = checkSpace(tmpdir(), bavail * bsize + 1e12, () => undefined);
    await expect(checked).rejects.toThrow(Refusal);
    await expect(checked).rejects.toThrow(
      /needs [\d.]+ GB, and its disk has .* Free [\d.]+ GB, or/,
    );
  });

  it.skipIf(!HAS_FULL_DEVICE)('is said to be full where a write says so', async () => {
    const full = untilFull('/cache', 'The archive is kept.', async () =>
      writeFileSync('/dev/full', 'x'),
    );
    await expect(full).rejects.toThrow(Refusal);
    await expect(full).rejects.toThrow(
      'The disk of /cache is full (ENOSPC). The archive is kept. Free some room',
    );
  });

  it('is not blamed for anything else', async () => {
    const other = untilFull('/cache', '', async () => writeFileSync('/nowhere/x', 'x'));
    await expect(other).rejects.toThrow('ENOENT');
    await expect(other).rejects.not.toThrow(Refusal);
  });
});
