import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, sample } from '../service/test/audio-files.ts';

interface Entry {
  readonly file: string;
  readonly seconds: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly text: string;
}

const manifest = JSON.parse(await readFile(sample('manifest.json'), 'utf8')) as Entry[];

it('names every clip of the folder and no other', async () => {
  const clips = (await readdir(sample('.'))).filter(
    (file) => !['.json', '.md'].includes(extname(file)),
  );
  expect(manifest.map(({ file }) => file).toSorted()).toEqual(clips.toSorted());
});

describe.each(manifest)('$file', (entry) => {
  it('has the bytes the manifest says', async () => {
    const bytes = await readFile(sample(entry.file));
    expect(bytes).toHaveLength(entry.bytes);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
  });

  it('decodes to the length the manifest says', async () => {
    const { seconds, sampleRate, channels } = await decode(sample(entry.file));
    expect(Math.abs(seconds - entry.seconds)).toBeLessThan(0.05);
    expect({ sampleRate, channels }).toEqual({
      sampleRate: entry.sampleRate,
      channels: entry.channels,
    });
  });
});
