import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { WavFields } from '../../../test/audio-files.ts';
import { decodeBytes, fixture, tone, wavFile } from '../../../test/audio-files.ts';

const second = tone(440, 1);

describe('a wav file with an odd header', () => {
  it.each<[string, WavFields]>([
    ['no sizes, as a program writes that records to a pipe', { riffSize: 0, dataSize: 0 }],
    ['the largest sizes there are', { riffSize: 0xffff_ffff, dataSize: 0xffff_ffff }],
    ['4 GB of data that are not there', { dataSize: 0xf000_0000 }],
    ['a size that cuts a sample in two', { dataSize: second.length + 1 }],
    ['a wrong block size', { blockAlign: 7 }],
    ['no block size', { blockAlign: 0 }],
    [
      'a LIST chunk of odd length before the data',
      { extraChunks: Buffer.from('LIST\x05\0\0\0INFOx\0', 'latin1') },
    ],
    ['an unknown chunk', { extraChunks: Buffer.from('junk\x02\0\0\0ab', 'latin1') }],
  ])('is read as far as it goes: %s', async (_, fields) => {
    const { seconds, samples } = await decodeBytes(wavFile(second, fields));
    expect(seconds).toBeCloseTo(1, 2);
    expect(Math.max(...samples)).toBeCloseTo(0.488, 2);
  });

  it('is read up to a smaller size, where it gives one', async () => {
    expect((await decodeBytes(wavFile(second, { dataSize: 16_000 }))).seconds).toBeCloseTo(0.5, 3);
  });

  it.each<[string, WavFields, string]>([
    ['0 Hz', { sampleRate: 0 }, '0 samples per second'],
    ['1 GHz', { sampleRate: 1_000_000_000 }, '1000000000 samples per second'],
    ['no channel', { channels: 0, blockAlign: 2 }, '0 channels'],
    ['65535 channels', { channels: 65_535 }, '65535 channels'],
    ['0 bits', { bits: 0, blockAlign: 2 }, '0 bits per sample'],
    ['777 bits', { bits: 777, blockAlign: 2 }, '777 bits per sample'],
    ['floats of 16 bits', { tag: 3 }, '16 bits per sample'],
  ])('is refused with its value when it says %s', async (_, fields, value) => {
    await expect(decodeBytes(wavFile(second, fields))).rejects.toMatchObject({
      code: 'audio_undecodable',
      message: expect.stringContaining(value) as string,
    });
  });

  it('names the codec that is not decoded, and the remedy', async () => {
    await expect(decodeBytes(await readFile(fixture('adpcm.wav')))).rejects.toMatchObject({
      code: 'unsupported_media',
      message: expect.stringMatching(/IMA ADPCM.*ffmpeg -i input/) as string,
    });
    await expect(decodeBytes(wavFile(second, { tag: 0x1234 }))).rejects.toMatchObject({
      code: 'unsupported_media',
      message: expect.stringContaining('0x1234') as string,
    });
  });

  it.each([
    ['a header without samples', wavFile(new Uint8Array(0))],
    [
      'no samples but a chunk behind them',
      Buffer.concat([wavFile(new Uint8Array(0)), Buffer.from('LIST\x04\0\0\0INFO', 'latin1')]),
    ],
    ['half a sample', wavFile(new Uint8Array(1))],
    ['a header cut off before the data', wavFile(second).subarray(0, 36)],
  ])('is empty audio: %s', async (_, bytes) => {
    await expect(decodeBytes(bytes)).rejects.toMatchObject({ code: 'empty_audio' });
  });

  it('does not take other chunks for a format', async () => {
    const bytes = Buffer.from('RIFF\x20\0\0\0WAVEjunk\x04\0\0\0abcddata\x04\0\0\0wxyz', 'latin1');
    await expect(decodeBytes(bytes)).rejects.toMatchObject({ code: 'audio_undecodable' });
  });
});

it('knows 20 bits in three bytes from 20 bits in four', async () => {
  const padded = new Uint8Array(Int32Array.of(0x4000_0000, -0x8000_0000).buffer);
  const { samples } = await decodeBytes(wavFile(padded, { bits: 20, blockAlign: 4 }));
  expect([...samples]).toEqual([0.5, -1]);
});
