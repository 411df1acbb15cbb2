import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../verbs/refusal.ts';
import { CAPS } from './archive-entries.ts';
import type { Caps, Reading } from './archive-entries.ts';
import { survey } from './survey.ts';
import {
  archiveOf,
  corpusEntries,
  FOLDER,
  LONG_CLIP,
  SHORT_CLIP,
  tarOf,
  UTTERANCES,
} from './testing/made-archive.ts';
import type { TarEntry } from './testing/made-archive.ts';
import { createPlace, HAS_FULL_DEVICE } from './testing/place.ts';
import type { Place } from './testing/place.ts';
import { unpack } from './unpack.ts';

const ENTRIES = corpusEntries();
const CHAPTER = `${FOLDER}/61/70968`;

let place: Place;

beforeEach(() => {
  place = createPlace();
});
afterEach(() => place.remove());

function reading(archive: Uint8Array, caps: Partial<Caps> = {}): Reading {
  const path = place.write('given.tar.gz', archive);
  return { path, part: 'test-clean', caps: { ...CAPS, ...caps }, at: () => undefined };
}

async function unpacked(archive: Uint8Array): Promise<void> {
  const from = reading(archive);
  await unpack(from, place.places, await survey(from));
}

describe('the survey of an archive', () => {
  it('finds every recording with its length, speaker and text, whatever order they have', async () => {
    const found = await survey(reading(await archiveOf(ENTRIES.toReversed())));
    expect(found).toHaveLength(UTTERANCES);
    expect(found.find(({ id }) => id === '61-70968-0001')).toEqual({
      id: '61-70968-0001',
      speaker: '61',
      chapter: '70968',
      seconds: 4.508,
      bytes: SHORT_CLIP.length,
      text: 'HE BEGAN 61 70968 0001',
    });
  });

  it('takes names with a dot before them, and tells how far it is', async () => {
    const dotted = ENTRIES.map(({ header, ...rest }) => ({
      header: { ...header, name: `./${header.name}` },
      ...rest,
    }));
    const archive = await archiveOf(dotted);
    const seen: number[] = [];
    const found = await survey({ ...reading(archive), at: (bytes) => seen.push(bytes) });
    expect(found).toHaveLength(UTTERANCES);
    expect(seen.at(-1)).toBe(archive.length);
  });

  it('passes over what is no part of test-clean', async () => {
    const more: readonly TarEntry[] = [
      { header: { name: 'LibriSpeech/dev-clean/1/2/1-2-0000.flac' }, body: LONG_CLIP },
      { header: { name: `${CHAPTER}/61-70968-0009.flac.exe` }, body: 'x' },
      { header: { name: `${CHAPTER}/62-70968-0000.flac` }, body: LONG_CLIP },
      { header: { name: `${FOLDER}/61-70968-0009.flac` }, body: LONG_CLIP },
      { header: { name: 'x'.repeat(200) }, body: 'a long name' },
    ];
    expect(await survey(reading(await archiveOf([...more, ...ENTRIES])))).toHaveLength(UTTERANCES);
  });

  it.each<readonly [string, TarEntry, string]>([
    [
      'a way out',
      { header: { name: `${CHAPTER}/../../../../x.flac` }, body: LONG_CLIP },
      'leads out',
    ],
    ['an absolute path', { header: { name: '/tmp/x.flac' }, body: LONG_CLIP }, 'leads out'],
    ['a way out for Windows', { header: { name: 'a\\..\\x.flac' }, body: 'x' }, 'leads out'],
    [
      'a symbolic link',
      {
        header: { name: `${CHAPTER}/61-70968-0009.flac`, type: 'symlink', linkname: '/etc/passwd' },
      },
      'is a symlink',
    ],
    [
      'a hard link',
      { header: { name: `${CHAPTER}/61-70968-0009.flac`, type: 'link', linkname: '/etc/passwd' } },
      'is a link',
    ],
    ['a device', { header: { name: 'null', type: 'character-device' } }, 'is a character-device'],
    ['a pipe', { header: { name: 'pipe', type: 'fifo' } }, 'is a fifo'],
  ])('refuses an archive with %s', async (_, entry, why) => {
    const archive = await archiveOf([...ENTRIES, entry]);
    const error: unknown = await unpacked(archive).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).message).toContain(why);
    expect((error as Refusal).message).toContain('nothing was taken from it');
    expect(place.cached()).toEqual([]);
  });

  it.each<readonly [string, Partial<Caps>, string]>([
    ['more files than any corpus', { entries: 15 }, 'more than 15 files'],
    ['a recording of too many bytes', { recordingBytes: 110_000 }, '-0001.flac has 120.0 kB, more'],
    ['a transcript of too many bytes', { transcriptBytes: 20 }, 'trans.txt has 111 bytes, more'],
    ['too many transcripts', { allTranscriptBytes: 200 }, 'its transcripts have more than'],
    ['more than it may unpack to', { unpackedBytes: 500_000 }, 'it unpacks to more than 500.0 kB'],
  ])('refuses an archive with %s', async (_, caps, why) => {
    await expect(survey(reading(await archiveOf(ENTRIES), caps))).rejects.toThrow(why);
  });

  it('refuses a recording that says it has more bytes than there are in the world', async () => {
    const tar = await tarOf([
      {
        header: { name: `${CHAPTER}/61-70968-0000.flac`, pax: { size: '99999999999999' } },
        body: 'x',
      },
    ]);
    await expect(survey(reading(gzipSync(tar)))).rejects.toThrow('more than 16.0 MB');
  });

  it.each<readonly [string, (entries: readonly TarEntry[]) => readonly TarEntry[], string]>([
    [
      'a recording twice',
      (entries) => [...entries, entries.at(-1) as TarEntry],
      '908-31957-0000.flac is in it twice',
    ],
    [
      'a recording without a text',
      (entries) => entries.filter(({ header }) => !header.name.includes('1089-134686.trans')),
      'nothing says what 1089-134686-0000.flac says',
    ],
    [
      'something else under the name of a recording',
      (entries) => [
        ...entries,
        { header: { name: `${CHAPTER}/61-70968-0007.flac` }, body: 'RIFF' },
      ],
      '61-70968-0007.flac is no FLAC file of a known length',
    ],
    ['no recordings', () => [{ header: { name: 'readme' }, body: 'x' }], 'it holds no recording'],
  ])('cannot use an archive with %s', async (_, change, why) => {
    await expect(survey(reading(await archiveOf(change(ENTRIES))))).rejects.toThrow(why);
  });
});

describe('a damaged archive', () => {
  it.each<readonly [string, (archive: Buffer) => Promise<Uint8Array>, string]>([
    [
      'ends in the middle',
      async (archive) => archive.subarray(0, archive.length >> 1),
      'unexpected end of file',
    ],
    ['lacks its last bytes', async (archive) => archive.subarray(0, -4), 'unexpected end of file'],
    [
      'has a wrong bit',
      async (archive) => {
        const changed = Buffer.from(archive);
        changed[archive.length >> 1] = (changed[archive.length >> 1] ?? 0) ^ 0x10;
        return changed;
      },
      // Which fault it is hangs on how zlib packed what is there.
      '',
    ],
    ['is no gzip', async () => Buffer.from('<html>Not found</html>'), 'incorrect header check'],
    ['is gzip of no tar', async () => gzipSync('x'.repeat(5000)), 'Invalid tar header'],
    [
      'is gzip of half a tar',
      async () => gzipSync((await tarOf(ENTRIES)).subarray(0, 300_000)),
      'Unexpected end of data',
    ],
    ['is empty', async () => Buffer.alloc(0), 'unexpected end of file'],
  ])('is refused, and nothing is written, where it %s', async (_, damage, why) => {
    const error: unknown = await unpacked(await damage(await archiveOf(ENTRIES))).catch((e) => e);
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).message).toContain(`is damaged or no archive (${why}`);
    expect(place.cached()).toEqual([]);
  });
});

describe('unpacking', () => {
  it('writes the bytes of every recording, and nothing beside them', async () => {
    await unpacked(await archiveOf(ENTRIES));
    const tree = place.places.tree;
    expect(readFileSync(join(tree, '61/70968/61-70968-0000.flac'))).toEqual(LONG_CLIP);
    expect(readFileSync(join(tree, '61/70970/61-70970-0001.flac'))).toEqual(SHORT_CLIP);
    expect(place.cached()).toHaveLength(UTTERANCES);
  });

  it('writes those alone that are wanted', async () => {
    const from = reading(await archiveOf(ENTRIES));
    const [wanted] = (await survey(from)).filter(({ speaker }) => speaker === '908');
    await unpack(from, place.places, wanted === undefined ? [] : [wanted]);
    expect(place.cached()).toEqual(['test-clean/908/31957/908-31957-0000.flac']);
  });

  it.skipIf(!HAS_FULL_DEVICE)('leaves no half recording where the disk is full', async () => {
    mkdirSync(place.places.cache, { recursive: true });
    symlinkSync('/dev/full', place.places.recording);
    await expect(unpacked(await archiveOf(ENTRIES))).rejects.toThrow('ENOSPC');
    expect(place.cached()).toEqual([]);
    expect(existsSync(place.places.recording)).toBe(false);
  });

  it('says so where the archive changed since it was surveyed', async () => {
    const utterances = await survey(reading(await archiveOf(ENTRIES)));
    const other = reading(await archiveOf(ENTRIES.slice(0, -1)));
    await expect(unpack(other, place.places, utterances)).rejects.toThrow(
      'changed while it was read: 908-31957-0000 is gone',
    );
  });
});
