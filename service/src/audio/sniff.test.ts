import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fixture, sample, withFile } from '../../test/audio-files.ts';
import { ByteFile } from './byte-file.ts';
import type { Sniffed } from './sniff.ts';
import { sniff } from './sniff.ts';

async function sniffBytes(bytes: Uint8Array | string): Promise<Sniffed> {
  return withFile(bytes, async (path) => {
    const file = await ByteFile.open(path);
    try {
      return await sniff(file);
    } finally {
      await file.close();
    }
  });
}

describe('sniff', () => {
  it.each([
    [sample('train.wav'), 'wav'],
    [fixture('rf64.wav'), 'wav'],
    [fixture('s16.aiff'), 'aiff'],
    [sample('report.flac'), 'flac'],
    [sample('library.mp3'), 'mp3'],
    [fixture('layer2.mp3'), 'mp3'],
    [fixture('adts.aac'), 'aac'],
    [sample('printer.m4a'), 'mp4'],
    [fixture('pcm.mov'), 'mp4'],
    [sample('window.ogg'), 'ogg'],
    [sample('newspaper.webm'), 'webm'],
  ])('knows %s by its content', async (path, container) => {
    expect(await sniffBytes(await readFile(path))).toMatchObject({ container });
  });

  it.each([
    ['<!DOCTYPE html><html><body>404</body></html>', 'an HTML page'],
    ['\n  <html lang="en">', 'an HTML page'],
    ['<?xml version="1.0"?><feed/>', 'an XML document'],
    ['{"error":"not found"}', 'a JSON document'],
    ['Grüße aus dem Textdokument', 'plain text'],
    [Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'a PNG image'],
    [Buffer.from('504b0304140000000800', 'hex'), 'a ZIP archive or an office document'],
    [Buffer.from('RIFF\x10\0\0\0AVI LIST', 'latin1'), 'a RIFF file of type "AVI "'],
    [
      Buffer.from('00010203040506070809', 'hex'),
      'unknown data (first bytes 00 01 02 03 04 05 06 07)',
    ],
  ])('says what else it may be: case %#', async (bytes, looksLike) => {
    expect(await sniffBytes(bytes)).toEqual({ container: null, looksLike });
  });

  it('looks behind an ID3 tag, however large its picture', async () => {
    const picture = Buffer.alloc(300_000, 0xff);
    const tag = Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1');
    const size = picture.length;
    for (const [index, shift] of [21, 14, 7, 0].entries()) tag[6 + index] = (size >> shift) & 0x7f;
    const audio = await readFile(fixture('adts.aac'));
    const sniffed = await sniffBytes(Buffer.concat([tag, picture, audio]));
    expect(sniffed).toEqual({ container: 'aac', start: tag.length + picture.length });
  });
});
