import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileSync, writeFileSync } from 'node:fs';
import { download, MirrorFailure } from './download.ts';
import { openPart } from './part-file.ts';
import { startMirror } from './testing/mirror.ts';
import type { Manner, Mirror } from './testing/mirror.ts';
import { createPlace } from './testing/place.ts';
import type { Place } from './testing/place.ts';

const ARCHIVE = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)));
const HALF = 30_000;

let place: Place;
let mirror: Mirror;

beforeEach(async () => {
  place = createPlace();
  mirror = await startMirror(ARCHIVE, place.places.part);
});
afterEach(async () => {
  await mirror.close();
  place.remove();
});

interface Downloaded {
  readonly failure: MirrorFailure | null;
  readonly anew: readonly string[];
  readonly part: Buffer;
}

async function run(url = mirror.url, stallMs = 2000): Promise<Downloaded> {
  const part = await openPart(place.places.part, ARCHIVE.length);
  const anew: string[] = [];
  let failure: MirrorFailure | null = null;
  try {
    await download(part, {
      url,
      bytes: ARCHIVE.length,
      stallMs,
      at: () => undefined,
      anew: (why) => anew.push(why),
    });
  } catch (error) {
    if (!(error instanceof MirrorFailure)) throw error;
    failure = error;
  } finally {
    await part.close();
  }
  return { failure, anew, part: readFileSync(place.places.part) };
}

/** As an earlier run left it; the first half came from the mirror, with the tag "one". */
async function leaveHalf(): Promise<void> {
  mirror.behave({ cutAfter: HALF });
  const { failure, part } = await run();
  expect(failure?.message).toContain('the connection broke off');
  expect(part).toEqual(ARCHIVE.subarray(0, HALF));
}

describe('a download', () => {
  it('writes what the mirror sends', async () => {
    const { failure, part } = await run();
    expect(failure).toBeNull();
    expect(part).toEqual(ARCHIVE);
    expect(mirror.seen).toEqual([{ range: null, ifRange: null }]);
  });

  it('goes on in the next run where the connection was cut, if the file is still the same', async () => {
    await leaveHalf();
    const { failure, part, anew } = await run();
    expect(failure).toBeNull();
    expect(part).toEqual(ARCHIVE);
    expect(mirror.seen.at(-1)).toEqual({ range: `bytes=${HALF}-`, ifRange: '"one"' });
    expect(anew).toEqual([]);
  });

  it('goes on with another mirror, whose tags mean nothing to this one', async () => {
    await leaveHalf();
    const other = await startMirror(ARCHIVE, place.places.part);
    other.behave({ etag: '"of another server"' });
    expect((await run(other.url)).part).toEqual(ARCHIVE);
    expect(other.seen).toEqual([{ range: `bytes=${HALF}-`, ifRange: null }]);
    await other.close();
  });

  it('asks for the rest where a mirror sends it elsewhere', async () => {
    await leaveHalf();
    mirror.behave({ status: 302, headers: { location: `${mirror.url}?elsewhere` } });
    expect((await run()).part).toEqual(ARCHIVE);
    const asked = { range: `bytes=${HALF}-`, ifRange: '"one"' };
    expect(mirror.seen.slice(1)).toEqual([asked, asked]);
  });

  it('asks not for the rest of what has only a weak tag by that tag', async () => {
    mirror.behave({ cutAfter: HALF, etag: 'W/"one"' });
    await run();
    expect((await run()).part).toEqual(ARCHIVE);
    expect(mirror.seen.at(-1)).toEqual({ range: `bytes=${HALF}-`, ifRange: null });
  });

  it.each<readonly [string, Manner, string, number]>([
    ['sends the whole whatever is asked for', { ignoresRange: true }, 'goes on from no middle', 1],
    ['has another file by now', { etag: '"two"' }, 'has another file by now', 1],
    [
      'sends a part of another file all the same',
      { status: 206, headers: { etag: '"two"' }, etag: '"one"' },
      'it has another file by now',
      2,
    ],
    ['knows no such range', { status: 416 }, 'there is no such range', 2],
    [
      'sends another range',
      { contentRange: `bytes 100-59999/60000` },
      `from byte 100 instead of ${HALF}`,
      2,
    ],
    ['says not which range it sends', { contentRange: 'bytes' }, 'not which range', 2],
  ])('begins cleanly from the start with a server that %s', async (_, manner, why, requests) => {
    await leaveHalf();
    mirror.behave(manner);
    const { failure, part, anew } = await run();
    expect(failure).toBeNull();
    expect(part).toEqual(ARCHIVE);
    expect(anew).toEqual([expect.stringContaining(why)]);
    expect(mirror.seen.slice(1)).toHaveLength(requests);
  });

  it.each<readonly [string, Manner, string]>([
    ['404', { status: 404 }, 'it answers 404'],
    ['503', { status: 503 }, 'it answers 503'],
    ['a web page', { headers: { 'content-type': 'text/html' } }, 'a web page'],
    ['too short an archive', { body: ARCHIVE.subarray(1) }, 'has 59999 bytes instead of 60000'],
    [
      'a range of too long an archive',
      { contentRange: `bytes ${HALF}-60000/60001` },
      '60001 bytes',
    ],
  ])('keeps what there is when a mirror answers %s', async (_, manner, reason) => {
    await leaveHalf();
    mirror.behave(manner);
    const { failure, part } = await run();
    expect(failure?.message).toContain(reason);
    expect(failure?.brokeOff).toBe(false);
    expect(part).toEqual(ARCHIVE.subarray(0, HALF));
  });

  it('takes no more than there should be from a server that says not how much it sends', async () => {
    mirror.behave({ withoutLength: true, body: Buffer.concat([ARCHIVE, Buffer.from('more')]) });
    const { failure, part } = await run();
    expect(failure?.message).toBe('it sends more than 60000 bytes');
    expect(part).toHaveLength(0);
  });

  it('sees that a server ended early which says not how much it sends', async () => {
    mirror.behave({ withoutLength: true, body: ARCHIVE.subarray(0, HALF) });
    const { failure, part } = await run();
    expect(failure?.message).toBe('it ended after 30000 of 60000 bytes');
    expect(part).toHaveLength(HALF);
  });

  it.each([
    ['before it answers', { silent: true }, 0],
    ['after the head of its answer', { holdAfter: 0 }, 0],
    ['in the middle', { holdAfter: HALF }, HALF],
  ])('gives up a mirror that falls silent %s, and keeps what came', async (_, manner, kept) => {
    mirror.behave(manner);
    const { failure, part } = await run(mirror.url, 300);
    expect(failure?.message).toBe('nothing came for 0.3 s');
    expect(part).toHaveLength(kept);
  });

  it('says that nobody is there', async () => {
    const { failure } = await run('http://127.0.0.1:9/test-clean.tar.gz');
    expect(failure?.message).toBe('it cannot be reached (ECONNREFUSED)');
  });

  it('throws a part away that is larger than the whole', async () => {
    writeFileSync(place.places.part, Buffer.alloc(ARCHIVE.length + 1));
    expect((await run()).part).toEqual(ARCHIVE);
    expect(mirror.seen).toEqual([{ range: null, ifRange: null }]);
  });
});
