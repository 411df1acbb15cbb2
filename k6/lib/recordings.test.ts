import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { besideList, mediaType, parseList, shareOf } from './recordings.ts';

describe('a list of recordings', () => {
  it('is read as generate-audio-list writes it', () => {
    const json = JSON.stringify({
      source: 'x',
      entries: [{ path: '../a/b.flac', seconds: 4.9, bytes: 10, speaker: '61', text: 'HE BEGAN' }],
    });
    expect(parseList(json, 'list.json')).toEqual([
      { path: '../a/b.flac', seconds: 4.9, text: 'HE BEGAN' },
    ]);
  });

  it('is read as the samples have it', () => {
    const manifest = join(import.meta.dirname, '../../samples/manifest.json');
    const list = parseList(readFileSync(manifest, 'utf8'), manifest);
    expect(list.length).toBeGreaterThanOrEqual(7);
    expect(list.every(({ text }) => text.length > 20)).toBe(true);
  });

  it.each([
    ['{', 'list.json is no JSON'],
    ['{}', 'list.json: no recordings'],
    ['[]', 'list.json: no recordings'],
    ['null', 'list.json: no recordings'],
    ['[null]', 'entry 0 has no path'],
    ['[{"path":"a","seconds":1},{"seconds":1}]', 'entry 1 has no path'],
    ['[{"path":"a"}]', 'seconds of entry 0 (a) must be a number above 0'],
    ['[{"path":"a","seconds":0}]', 'seconds of entry 0 (a) must be a number above 0'],
    ['[{"path":"a","seconds":1,"text":5}]', 'text of entry 0 (a) is no text'],
  ])('%s is refused: %s', (json, message) => {
    expect(() => parseList(json, 'list.json')).toThrow(message);
  });

  it('names paths as seen from where it is', () => {
    expect(besideList('/repo/samples/list.json', '../.cache/a.flac')).toBe(
      '/repo/samples/../.cache/a.flac',
    );
    expect(besideList('/repo/samples/list.json', '/data/a.flac')).toBe('/data/a.flac');
  });
});

describe('the share of a user', () => {
  it('is everything where there is little', () => {
    expect(shareOf(3, 100, 7)).toHaveLength(4);
    expect(shareOf(1, 1, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(shareOf(1, 1, 1)).toEqual([0]);
  });

  it.each([
    [100, 2620],
    [50, 2620],
    [200, 2620],
    [41, 2620],
    [4, 7],
  ])('of %d users makes up all of %d recordings together', (vus, recordings) => {
    const shares = Array.from({ length: vus }, (_, index) => shareOf(index + 1, vus, recordings));
    expect(new Set(shares.flat()).size).toBe(recordings);
    expect(shares.every((share) => share.length > 0 && share.length <= 64)).toBe(true);
  });

  it('is small for one user of a long list', () => {
    expect(shareOf(1, 1, 2620).length).toBeLessThanOrEqual(64);
  });
});

it('tells the media type from the name', () => {
  expect(mediaType('a/b.FLAC')).toBe('audio/flac');
  expect(mediaType('a/b')).toBe('application/octet-stream');
});
