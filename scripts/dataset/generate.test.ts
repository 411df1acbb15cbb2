import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Corpus } from './corpus.ts';
import {
  archiveOf,
  corpusEntries,
  corpusOf,
  LONG_CLIP,
  SHORT_CLIP,
  UTTERANCES,
} from './testing/made-archive.ts';
import { startMirror } from './testing/mirror.ts';
import type { Mirror } from './testing/mirror.ts';
import { createPlace, HAS_FULL_DEVICE } from './testing/place.ts';
import type { Place } from './testing/place.ts';

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

/** The list is right and every file that it names is there as the archive has it. */
function expectWhole(recordings = UTTERANCES): void {
  const list = place.list();
  expect(list?.entries).toHaveLength(recordings);
  for (const { path, bytes } of list?.entries ?? []) {
    const content = readFileSync(resolve(place.root, 'samples', path));
    expect(content.length).toBe(bytes);
    expect(content.equals(bytes === LONG_CLIP.length ? LONG_CLIP : SHORT_CLIP)).toBe(true);
  }
}

function recordings(): readonly string[] {
  return place.cached().filter((path) => path.endsWith('.flac'));
}

describe('make generate-audio-list', () => {
  it('makes recordings and list from nothing, and removes what it needed on the way', async () => {
    await place.generate(corpus);
    expectWhole();
    expect(place.list()?.entries[0]).toEqual({
      path: '../.cache/librispeech/test-clean/1089/134686/1089-134686-0000.flac',
      seconds: 10.058,
      bytes: LONG_CLIP.length,
      speaker: '1089',
      text: 'HE BEGAN 1089 134686 0000',
    });
    expect(place.cached().filter((path) => !path.endsWith('.flac'))).toEqual(['test-clean.json']);
    expect(place.said()).toContain('names 8 recordings of 3 speakers, 1.1 minutes in all.');
  });

  it('has nothing to do the second time, and asks no mirror', async () => {
    await place.generate(corpus);
    const before = statSync(place.places.list).mtimeMs;
    await place.generate(corpus);
    expect(place.said()).toContain('Nothing to do: samples/audio-files.json names 8 recordings');
    expect(statSync(place.places.list).mtimeMs).toBe(before);
    expect(mirror.seen).toHaveLength(1);
  });

  it('keeps the archive where that is asked for, and goes on from it', async () => {
    await place.generate(corpus, { limit: 3, keepArchive: true });
    expectWhole(3);
    expect(recordings()).toEqual([
      'test-clean/1089/134686/1089-134686-0000.flac',
      'test-clean/61/70968/61-70968-0000.flac',
      'test-clean/908/31957/908-31957-0000.flac',
    ]);
    await place.generate(corpus);
    expectWhole();
    expect(mirror.seen).toHaveLength(1);
    expect(existsSync(place.places.archive)).toBe(false);
  });

  it('downloads anew where a larger limit needs the archive, and says so', async () => {
    await place.generate(corpus, { limit: 3 });
    await place.generate(corpus, { limit: 5 });
    expectWhole(5);
    expect(place.said()).toContain('which was removed and is downloaded anew');
    expect(mirror.seen).toHaveLength(2);
  });

  it('needs no archive for a smaller limit, nor for the larger one again', async () => {
    await place.generate(corpus);
    await place.generate(corpus, { limit: 2 });
    expectWhole(2);
    await place.generate(corpus, { limit: 100 });
    expectWhole();
    expect(place.said()).toContain('There are no more than 8.');
    expect(mirror.seen).toHaveLength(1);
  });

  it('writes again what was lost, and removes the list until it is there', async () => {
    await place.generate(corpus);
    const [lost = ''] = recordings();
    writeFileSync(join(place.places.cache, lost), 'half');
    mirror.behave({ status: 503 });
    await expect(place.generate(corpus)).rejects.toThrow('it answers 503');
    expect(place.list()).toBeNull();
    await place.generate(corpus);
    expectWhole();
    expect(place.said()).toContain('1 recording written');
  });

  it('lists anew without a download where only the list was lost', async () => {
    await place.generate(corpus);
    rmSync(place.places.list);
    await place.generate(corpus);
    expectWhole();
    expect(mirror.seen).toHaveLength(1);
  });

  it('leaves a good list as it is where more cannot be had', async () => {
    await place.generate(corpus, { limit: 2 });
    mirror.behave({ status: 404 });
    await expect(place.generate(corpus)).rejects.toThrow('it answers 404');
    expectWhole(2);
  });

  it('asks the mirrors that were typed instead of its own', async () => {
    const own = corpusOf(archive, ['http://127.0.0.1:9/none']);
    await place.generate(own, { mirrors: [mirror.url] });
    expectWhole();
  });

  it('begins nothing where the disk has no room', async () => {
    const huge = { ...corpus, unpackedBytes: 1e15 };
    await expect(place.generate(huge)).rejects.toThrow(/needs 1000000\.0 GB, and its disk has/);
    expect(mirror.seen).toEqual([]);
    await expect(place.generate(huge, { limit: 4 })).rejects.toThrow('needs 500000.0 GB');
  });

  it.skipIf(!HAS_FULL_DEVICE)(
    'keeps the archive where the disk is full while it unpacks, and goes on from it',
    async () => {
      symlinkSync('/dev/full', place.places.recording);
      await expect(place.generate(corpus)).rejects.toThrow(
        /is full \(ENOSPC\)\. The archive is kept\. Free some room/,
      );
      expect(place.list()).toBeNull();
      expect(recordings()).toEqual([]);
      await place.generate(corpus);
      expectWhole();
      expect(mirror.seen).toHaveLength(1);
    },
  );

  it('refuses an archive of which the published number of recordings is not true', async () => {
    await expect(place.generate({ ...corpus, utterances: 9 })).rejects.toThrow(
      'holds 8 recordings',
    );
    expect(place.list()).toBeNull();
  });
});

describe('make generate-audio-list FROM=<file>', () => {
  it('takes an archive that is there and leaves it alone', async () => {
    const from = place.write('mine.tar.gz', archive);
    await place.generate(corpus, { from });
    expectWhole();
    expect(readFileSync(from).equals(archive)).toBe(true);
    expect(mirror.seen).toEqual([]);
    expect(place.list()?.source).toBe('LibriSpeech test-clean');
  });

  it('refuses another archive, unless ANY=1, and then says not whose it is', async () => {
    const other = await archiveOf(corpusEntries().slice(0, -1));
    const from = place.write('mine.tar.gz', other);
    await expect(place.generate(corpus, { from })).rejects.toThrow(/is not the archive .* ANY=1/);
    expect(place.cached()).toEqual([]);
    await place.generate(corpus, { from, any: true });
    expectWhole(7);
    expect(place.list()).toMatchObject({ source: 'mine.tar.gz', licence: 'unknown' });
  });

  it('leaves nothing of another archive beside what is published', async () => {
    const entries = corpusEntries().map((entry) =>
      entry.body === LONG_CLIP
        ? { ...entry, body: Buffer.concat([LONG_CLIP.subarray(0, -9), Buffer.alloc(9)]) }
        : entry,
    );
    const from = place.write('mine.tar.gz', await archiveOf(entries));
    await place.generate(corpus, { from, any: true });
    await place.generate(corpus);
    expectWhole();
    expect(mirror.seen).toHaveLength(1);
  });

  it('says that there is no such file', async () => {
    await expect(place.generate(corpus, { from: '/nowhere/x' })).rejects.toThrow(
      'FROM=/nowhere/x cannot be: there is no such file',
    );
  });

  it('leaves list and recordings as they are where the file is damaged', async () => {
    await place.generate(corpus, { limit: 2 });
    const from = place.write('mine.tar.gz', archive.subarray(0, 400_000));
    await expect(place.generate(corpus, { from, any: true })).rejects.toThrow('is damaged');
    expectWhole(2);
  });
});
