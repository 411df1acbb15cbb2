import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIndex, writeIndex } from './index-file.ts';
import { audioList, dropBrokenList, missingOf, writeList } from './list.ts';
import { createPlace } from './testing/place.ts';
import type { Place } from './testing/place.ts';
import { recordingPath } from './utterance.ts';
import type { Utterance } from './utterance.ts';

const CORPUS = { source: 'LibriSpeech test-clean', licence: 'CC BY 4.0' };
const LATE: Utterance = {
  id: '61-70968-0000',
  speaker: '61',
  chapter: '70968',
  seconds: 4.905,
  bytes: 5,
  text: 'HE BEGAN A CONFUSED COMPLAINT',
};
const EARLY: Utterance = { ...LATE, id: '1089-134686-0000', speaker: '1089', chapter: '134686' };

let place: Place;
beforeEach(() => {
  place = createPlace();
});
afterEach(() => place.remove());

function record(utterance: Utterance, content = '12345'): string {
  const path = recordingPath(place.places.tree, utterance);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe('the list', () => {
  it('has the form that load tests read, with paths from its own folder', async () => {
    await writeList(place.places.list, audioList(CORPUS, place.places, [LATE, EARLY]));
    const [first, second] = ['1089/134686/1089-134686-0000', '61/70968/61-70968-0000'].map(
      (name) => `../.cache/librispeech/test-clean/${name}.flac`,
    );
    const rest = { seconds: 4.905, bytes: 5, text: 'HE BEGAN A CONFUSED COMPLAINT' };
    expect(place.list()).toEqual({
      source: 'LibriSpeech test-clean',
      licence: 'CC BY 4.0',
      entries: [
        { path: first, speaker: '1089', ...rest },
        { path: second, speaker: '61', ...rest },
      ],
    });
    expect(readdirSync(join(place.root, 'samples'))).toEqual(['audio-files.json']);
  });

  it('says whether it changed', async () => {
    const list = audioList(CORPUS, place.places, [LATE]);
    expect(await writeList(place.places.list, list)).toBe(true);
    expect(await writeList(place.places.list, list)).toBe(false);
  });

  it('is dropped when a file that it names is gone or has other bytes, and stays otherwise', async () => {
    const path = record(LATE);
    const write = () => writeList(place.places.list, audioList(CORPUS, place.places, [LATE]));
    await write();
    expect(await dropBrokenList(place.places.list)).toBe(false);
    expect(place.list()).not.toBeNull();
    writeFileSync(path, '1234');
    expect(await dropBrokenList(place.places.list)).toBe(true);
    expect(place.list()).toBeNull();
    await write();
    rmSync(path);
    expect(await dropBrokenList(place.places.list)).toBe(true);
    expect(place.list()).toBeNull();
    expect(await dropBrokenList(place.places.list)).toBe(false);
  });

  it('misses what is not there, is half there, or is a folder', async () => {
    record(LATE);
    expect(await missingOf(place.places.tree, [LATE, EARLY])).toEqual([EARLY]);
    record(LATE, '1');
    mkdirSync(recordingPath(place.places.tree, EARLY), { recursive: true });
    expect(await missingOf(place.places.tree, [LATE, EARLY])).toEqual([LATE, EARLY]);
  });
});

describe('the index', () => {
  it('is read as it was written, for the archive that it is of', async () => {
    await writeIndex(place.places.index, 'abc', [LATE, EARLY]);
    expect(await readIndex(place.places.index, 'abc')).toEqual([LATE, EARLY]);
    expect(await readIndex(place.places.index, 'def')).toBeNull();
    expect(place.cached()).toEqual(['test-clean.json']);
  });

  it.each([
    ['is cut', (text: string) => text.slice(0, -9)],
    ['names a path', (text: string) => text.replace('61-70968-0000', '../../x-0000')],
    ['lacks a length', (text: string) => text.replace('"seconds"', '"minutes"')],
    ['names nothing', () => '{"md5":"abc","utterances":[]}'],
  ])('is none where it %s', async (_, change) => {
    await writeIndex(place.places.index, 'abc', [LATE]);
    writeFileSync(place.places.index, change(readFileSync(place.places.index, 'utf8')));
    expect(await readIndex(place.places.index, 'abc')).toBeNull();
  });

  it('is none where there is no file', async () => {
    expect(await readIndex(place.places.index, 'abc')).toBeNull();
  });
});
