import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../verbs/refusal.ts';
import { bytesToCome, fetchArchive, hasArchive } from './archive.ts';
import { corpusOf } from './testing/made-archive.ts';
import { startMirror } from './testing/mirror.ts';
import type { Mirror } from './testing/mirror.ts';
import { createPlace, HASTE } from './testing/place.ts';
import type { Place } from './testing/place.ts';

const ARCHIVE = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)));
const OTHER = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)));
const HALF = 30_000;
const CORPUS = corpusOf(ARCHIVE);
const NOBODY = 'http://127.0.0.1:9/test-clean.tar.gz';

let place: Place;
let first: Mirror;
let second: Mirror;

beforeEach(async () => {
  place = createPlace();
  first = await startMirror(ARCHIVE, place.places.part);
  second = await startMirror(ARCHIVE, place.places.part);
});
afterEach(async () => {
  await first.close();
  await second.close();
  place.remove();
});

const fetched = (urls = [first.url, second.url], patience = HASTE): Promise<void> =>
  fetchArchive(place.session, CORPUS, place.places, urls, patience);

function expectArchive(): void {
  expect(readFileSync(place.places.archive)).toEqual(ARCHIVE);
  expect(place.cached()).toEqual(['test-clean.tar.gz']);
}

describe('the mirrors', () => {
  it.each([
    ['answers 404', { status: 404 }, 'it answers 404'],
    ['answers 500', { status: 500 }, 'it answers 500'],
    ['has another length', { body: OTHER.subarray(1) }, 'has 59999 bytes instead of 60000'],
    ['falls silent', { silent: true }, 'nothing came for 0.3 s'],
    ['has another checksum', { body: OTHER }, 'its archive has another MD5'],
  ])('are tried in turn: the second where the first %s', async (_, manner, reason) => {
    first.behave(manner);
    await fetched([first.url, second.url], { stallMs: 300, againMs: 1 });
    expectArchive();
    expect(place.said()).toContain(reason);
    expect(second.seen).toEqual([{ range: null, ifRange: null }]);
  });

  it('are tried in turn: the second where the first is not there', async () => {
    await fetched([NOBODY, second.url]);
    expectArchive();
    expect(place.said()).toContain('127.0.0.1:9: it cannot be reached (ECONNREFUSED)');
  });

  it('are asked again where they broke off in the middle, as long as they bring something', async () => {
    first.behave({ cutAfter: 10_000 }, { cutAfter: 10_000 });
    await fetched();
    expectArchive();
    expect(first.seen.map(({ range }) => range)).toEqual([null, 'bytes=10000-', 'bytes=20000-']);
    expect(second.seen).toEqual([]);
  });

  it('are given up where they break off without a byte', async () => {
    first.behave({ cutAfter: 10_000 }, { cutAfter: 0 });
    await fetched();
    expectArchive();
    expect(first.seen).toHaveLength(2);
    expect(second.seen).toEqual([{ range: 'bytes=10000-', ifRange: null }]);
  });

  it('stand in the sentence with the reason of each where none gave the archive, and the next run goes on', async () => {
    first.behave({ cutAfter: HALF }, { status: 503 });
    second.behave({ status: 404 });
    const error: unknown = await fetched([NOBODY, first.url, second.url]).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    const [, from, at] = [NOBODY, first.url, second.url].map((url) => new URL(url).host);
    expect((error as Refusal).message).toBe(
      [
        'No mirror gave the archive:',
        '  127.0.0.1:9: it cannot be reached (ECONNREFUSED)',
        `  ${from}: it answers 503`,
        `  ${at}: it answers 404`,
        '30.0 kB are kept. Type the same again to go on, with MIRRORS=<url> for another mirror or FROM=<file> for an archive that you have.',
      ].join('\n'),
    );
    await fetched();
    expectArchive();
    expect(first.seen.at(-1)).toEqual({ range: `bytes=${HALF}-`, ifRange: '"one"' });
  });

  it('leave nothing behind that has another checksum', async () => {
    first.behave({ body: OTHER });
    await expect(fetched([first.url])).rejects.toThrow('its archive has another MD5');
    const md5 = createHash('md5').update(OTHER).digest('hex');
    expect(place.said()).toContain(`has the MD5 ${md5} instead of ${CORPUS.md5} and is removed`);
    expect(place.cached()).toEqual([]);
  });

  it('are not blamed for a first half that was wrong before they were asked', async () => {
    writeFileSync(place.places.part, OTHER.subarray(0, HALF));
    await fetched([first.url]);
    expectArchive();
    expect(first.seen.map(({ range }) => range)).toEqual([`bytes=${HALF}-`, null]);
  });

  it('are not asked for what came whole before its checksum was read', async () => {
    writeFileSync(place.places.part, ARCHIVE);
    await fetched();
    expectArchive();
    expect(first.seen).toEqual([]);
  });

  it('are spoken of without the name and password of a URL', async () => {
    const url = 'http://someone:secret@127.0.0.1:9/x?signature=secret';
    await expect(fetched([url])).rejects.toThrow('127.0.0.1:9: it cannot be reached');
    expect(place.said()).not.toContain('secret');
  });
});

describe('an archive that is there', () => {
  it('is used where it is the one that is published', async () => {
    writeFileSync(place.places.archive, ARCHIVE);
    expect(await hasArchive(place.session, CORPUS, place.places)).toBe(true);
  });

  it.each([
    ['checksum', OTHER],
    ['length', ARCHIVE.subarray(0, HALF)],
  ])('is removed where it has another %s', async (_, content) => {
    writeFileSync(place.places.archive, content);
    expect(await hasArchive(place.session, CORPUS, place.places)).toBe(false);
    expect(existsSync(place.places.archive)).toBe(false);
    expect(place.said()).toContain('is not as it was published');
  });

  it('leaves as many bytes to come as the part has not', async () => {
    expect(await bytesToCome(CORPUS, place.places)).toBe(60_000);
    writeFileSync(place.places.part, ARCHIVE.subarray(0, HALF));
    expect(await bytesToCome(CORPUS, place.places)).toBe(HALF);
    writeFileSync(place.places.part, Buffer.alloc(60_001));
    expect(await bytesToCome(CORPUS, place.places)).toBe(60_000);
  });
});
