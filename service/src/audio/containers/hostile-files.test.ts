import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { decodeBytes, fixture, sample } from '../../../test/audio-files.ts';

const LIE = 0xffff_ffff;

/** Overwrites the 32-bit word that stands so many bytes behind a box name. */
function patch(file: Buffer, box: string, offset: number, value: number): Buffer {
  const at = file.indexOf(box);
  expect(at).toBeGreaterThan(0);
  const copy = Buffer.from(file);
  copy.writeUInt32BE(value >>> 0, at + offset);
  return copy;
}

/** Each of these cost mediabunny 1.61 minutes or gigabytes. */
it.each([
  ['billions of samples in a chunk', 'stsc', 16],
  ['a chunk number in the billions', 'stsc', 12],
])('an mp4 file that claims %s is refused at once', async (_, box, offset) => {
  const file = await readFile(sample('printer.m4a'));
  const started = performance.now();
  await expect(decodeBytes(patch(file, box, offset, LIE))).rejects.toMatchObject({
    code: 'audio_undecodable',
  });
  expect(performance.now() - started).toBeLessThan(2000);
});

it('an mp4 fragment with billions of samples in a run is refused at once', async () => {
  const file = await readFile(fixture('fragmented.mp4'));
  const bare = patch(file, 'trun', 4, 1);
  await expect(decodeBytes(patch(bare, 'trun', 8, LIE))).rejects.toMatchObject({
    code: 'audio_undecodable',
  });
});

it('an mp4 file with composition offsets for billions of samples is refused at once', async () => {
  const file = await readFile(sample('printer.m4a'));
  const renamed = Buffer.from(file);
  // The sample group description is of no use to a decoder; its place serves as an offset table.
  renamed.write('ctts', renamed.indexOf('sgpd'), 'latin1');
  await expect(decodeBytes(patch(renamed, 'stts', 12, LIE))).rejects.toMatchObject({
    code: 'audio_undecodable',
  });
});

it('an encrypted mp4 file is named so', async () => {
  const file = await readFile(sample('printer.m4a'));
  const encrypted = Buffer.from(file);
  encrypted.write('senc', encrypted.indexOf('sgpd'), 'latin1');
  await expect(decodeBytes(encrypted)).rejects.toMatchObject({
    code: 'unsupported_media',
    message: expect.stringContaining('encrypted') as string,
  });
});

it('a Matroska file with nothing but junk in its segment ends', async () => {
  const file = await readFile(sample('newspaper.webm'));
  const segment = file.indexOf(Buffer.from('18538067', 'hex'));
  const header = file.subarray(0, segment);
  const unknownSize = Buffer.from('1853806701ffffffffffffff', 'hex');
  const junk = Buffer.alloc(100, 0x55);
  await expect(decodeBytes(Buffer.concat([header, unknownSize, junk]))).rejects.toMatchObject({
    code: 'audio_undecodable',
  });
});
