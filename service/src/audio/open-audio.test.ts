import { copyFile, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { decode, decodeBytes, fixture, sample, withFile } from '../../test/audio-files.ts';
import { openAudio } from './index.ts';

interface Expected {
  readonly container: string;
  readonly codec: string;
  readonly seconds: number;
  readonly sampleRate: number;
  readonly channels: number;
}

const is = (
  container: string,
  codec: string,
  seconds: number,
  sampleRate: number,
  channels = 1,
): Expected => ({ container, codec, seconds, sampleRate, channels });

const FILES: readonly (readonly [string, Expected])[] = [
  ['u8.wav', is('wav', 'pcm-u8', 0.6, 8000)],
  ['s16.wav', is('wav', 'pcm-s16', 0.6, 8000)],
  ['s24-extensible.wav', is('wav', 'pcm-s24', 0.3, 8000, 2)],
  ['s32.wav', is('wav', 'pcm-s32', 0.5, 8000)],
  ['f32.wav', is('wav', 'pcm-f32', 0.5, 8000)],
  ['f64.wav', is('wav', 'pcm-f64', 0.25, 8000)],
  ['mulaw.wav', is('wav', 'ulaw', 0.6, 8000)],
  ['alaw.wav', is('wav', 'alaw', 0.6, 8000)],
  ['rf64.wav', is('wav', 'pcm-s16', 0.6, 8000)],
  ['s16.aiff', is('aiff', 'pcm-s16be', 0.6, 8000)],
  ['s8.aiff', is('aiff', 'pcm-s8', 0.6, 8000)],
  ['f32.aiff', is('aiff', 'pcm-f32be', 0.5, 8000)],
  ['pcm.mov', is('mp4', 'pcm-s16', 0.6, 8000)],
  ['flac.ogg', is('ogg', 'flac', 0.6, 16_000)],
  ['vorbis.ogg', is('ogg', 'vorbis', 1.147, 22_050)],
  ['vorbis.webm', is('webm', 'vorbis', 1.147, 22_050)],
  ['live.webm', is('webm', 'opus', 1.147, 48_000)],
  ['opus.mp4', is('mp4', 'opus', 1.147, 48_000)],
  ['layer2.mp3', is('mp3', 'mp2', 1.147, 22_050)],
  ['adts.aac', is('aac', 'aac', 1.2, 22_050)],
  ['stereo.m4a', is('mp4', 'aac', 1.147, 44_100, 2)],
  ['fragmented.mp4', is('mp4', 'aac', 1.2, 22_050)],
  ['video.mp4', is('mp4', 'aac', 1.147, 22_050)],
];

/** The same words decoded from wav; every lossy file has to sound much like it. */
const original = await decode(fixture('s16.wav'));

/** How alike two recordings are, 1 being the same, with up to 100 ms of shift between them. */
function likeness(first: Float32Array, second: Float32Array): number {
  const length = Math.min(first.length, second.length) - 1600;
  let best = 0;
  for (let shift = -1600; shift <= 1600; shift += 4) {
    let product = 0;
    let energyFirst = 0;
    let energySecond = 0;
    for (let index = 0; index < length; index += 2) {
      const one = first[index + Math.max(0, shift)] ?? 0;
      const two = second[index + Math.max(0, -shift)] ?? 0;
      product += one * two;
      energyFirst += one * one;
      energySecond += two * two;
    }
    best = Math.max(best, product / Math.sqrt(energyFirst * energySecond));
  }
  return best;
}

async function expectDecodes(file: string, expected: Expected): Promise<void> {
  const decoded = await decode(fixture(file));
  expect(decoded).toMatchObject({
    container: expected.container,
    codec: expected.codec,
    sampleRate: expected.sampleRate,
    channels: expected.channels,
  });
  expect(Math.abs(decoded.seconds - expected.seconds)).toBeLessThan(0.05);
  expect(likeness(decoded.samples, original.samples)).toBeGreaterThan(0.85);
}

describe('openAudio', () => {
  it.each(FILES)('%s is decoded', (file, expected) => expectDecodes(file, expected));

  it('decodes silence and noise like anything else', async () => {
    const silence = await decode(fixture('silence.wav'));
    expect(silence.seconds).toBe(1);
    expect(silence.samples.every((value) => value === 0)).toBe(true);
    expect((await decode(fixture('noise.flac'))).seconds).toBe(0.5);
  });

  it('yields even blocks, however the file is cut into packets', async () => {
    for (const file of ['train.wav', 'library.mp3', 'window.ogg', 'report.flac']) {
      const audio = await openAudio(sample(file), { maxSeconds: 60 });
      const lengths: number[] = [];
      for await (const block of audio.pcm()) lengths.push(block.length);
      await audio.close();
      expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThanOrEqual(1600);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(8000);
    }
  });

  it('decodes from the beginning each time it is asked', async () => {
    const audio = await openAudio(sample('window.ogg'), { maxSeconds: 60 });
    const first = await Array.fromAsync(audio.pcm());
    const second = await Array.fromAsync(audio.pcm());
    await audio.close();
    expect(second).toEqual(first);
  });

  it('keeps recordings that are decoded at the same time apart', async () => {
    const files = ['train.wav', 'library.mp3', 'window.ogg', 'report.flac', 'newspaper.webm'];
    const alone = [];
    for (const file of files) alone.push((await decode(sample(file))).samples);
    const together = await Promise.all(files.map((file) => decode(sample(file))));
    expect(together.map(({ samples }) => samples)).toEqual(alone);
  });

  it.each([
    ['0 bytes', '', 'empty_audio', '0 bytes'],
    ['HTML', '<!doctype html><p>Not found', 'unsupported_media', 'an HTML page'],
    ['text', 'hello', 'unsupported_media', 'plain text'],
  ])('refuses %s with a sentence', async (_, bytes, code, words) => {
    await expect(decodeBytes(bytes)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words) as string,
    });
  });

  it('says that a video has no sound, and which codec it cannot decode', async () => {
    await expect(decode(fixture('video-only.mp4'))).rejects.toMatchObject({
      code: 'unsupported_media',
      message: expect.stringContaining('no audio track') as string,
    });
    await expect(decode(fixture('alac.m4a'))).rejects.toMatchObject({
      code: 'unsupported_media',
      message: expect.stringContaining('Apple Lossless') as string,
    });
  });
});

describe('a damaged recording', () => {
  it.each(['train.wav', 'report.flac', 'library.mp3', 'window.ogg', 'newspaper.webm'])(
    '%s, cut in half, gives the half that is there',
    async (file) => {
      const whole = await readFile(sample(file));
      const { seconds } = await decode(sample(file));
      const half = await decodeBytes(whole.subarray(0, whole.length / 2));
      expect(half.seconds).toBeGreaterThan(seconds * 0.3);
      expect(half.seconds).toBeLessThan(seconds * 0.8);
    },
  );

  it('cannot be decoded when the index at its end is cut off', async () => {
    const whole = await readFile(sample('printer.m4a'));
    await expect(decodeBytes(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
      code: 'audio_undecodable',
    });
  });

  it('gives its half when the index comes first', async () => {
    const whole = await readFile(fixture('stereo.m4a'));
    const half = await decodeBytes(whole.subarray(0, Math.floor(whole.length * 0.7)));
    expect(half.seconds).toBeGreaterThan(0.3);
  });

  it('goes on after garbage in the middle of an mp3 file', async () => {
    const whole = await readFile(sample('library.mp3'));
    const damaged = Buffer.concat([
      whole.subarray(0, 20_000),
      Buffer.alloc(5000, 0x55),
      whole.subarray(20_000),
    ]);
    const { seconds } = await decode(sample('library.mp3'));
    expect(Math.abs((await decodeBytes(damaged)).seconds - seconds)).toBeLessThan(0.2);
  });

  it('starts late when an mp3 file begins with garbage behind its tag', async () => {
    const tag = Buffer.from('ID3\x04\0\0\0\0\0\x0a0123456789', 'latin1');
    const garbage = Buffer.concat([Buffer.alloc(700, 0x20), Buffer.from('fffbff', 'hex')]);
    const whole = await readFile(sample('library.mp3'));
    const { seconds } = await decodeBytes(Buffer.concat([tag, garbage, whole]));
    expect(Math.abs(seconds - (await decode(sample('library.mp3'))).seconds)).toBeLessThan(0.1);
  });

  it.each(['report.flac', 'library.mp3', 'window.ogg', 'newspaper.webm', 'printer.m4a'])(
    '%s with only its first 100 bytes is refused',
    async (file) => {
      const whole = await readFile(sample(file));
      const refusal = await decodeBytes(whole.subarray(0, 100)).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(AppError);
      expect(['audio_undecodable', 'empty_audio', 'unsupported_media']).toContain(
        (refusal as AppError).code,
      );
    },
  );
});

describe('the length limit', () => {
  it('refuses at once what says that it is longer', async () => {
    await expect(openAudio(sample('train.wav'), { maxSeconds: 3 })).rejects.toMatchObject({
      code: 'audio_too_long',
      message: expect.stringMatching(/0\.05 minutes.*STT_MAX_DURATION_MINUTES/) as string,
    });
  });

  it('stops while decoding what does not say', async () => {
    const audio = await openAudio(sample('window.ogg'), { maxSeconds: 2 });
    let samples = 0;
    const take = async (): Promise<void> => {
      for await (const block of audio.pcm()) samples += block.length;
    };
    await expect(take()).rejects.toMatchObject({ code: 'audio_too_long' });
    await audio.close();
    expect(samples).toBeLessThanOrEqual(2 * 16_000);
  });

  it('does not believe a claim that the file is far too small for', async () => {
    const flac = await readFile(sample('report.flac'));
    flac.writeUInt32BE(0xffff_fff0, 4 + 4 + 14);
    await withFile(flac, async (path) => {
      const audio = await openAudio(path, { maxSeconds: 60 });
      expect(audio.durationSeconds).toBeNull();
      await audio.close();
    });
  });
});

describe('cancelling', () => {
  it('ends the iteration with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('the client left');
    const audio = await openAudio(sample('library.mp3'), {
      maxSeconds: 60,
      signal: controller.signal,
    });
    const take = async (): Promise<void> => {
      for await (const _ of audio.pcm()) controller.abort(reason);
    };
    await expect(take()).rejects.toBe(reason);
    await audio.close();
  });

  it('does not open anything once the signal is aborted', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(openAudio(sample('train.wav'), { maxSeconds: 60, signal })).rejects.toThrow(
      'too late',
    );
  });

  it.runIf(process.platform === 'linux')('leaves no file open, whatever happens', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'open-files-'));
    try {
      const names = ['library.mp3', 'window.ogg', 'report.flac', 'newspaper.webm', 'train.wav'];
      for (const name of names) await copyFile(sample(name), join(folder, name));
      for (let round = 0; round < 10; round++) {
        for (const name of names) {
          const audio = await openAudio(join(folder, name), { maxSeconds: 60 });
          for await (const _ of audio.pcm()) break;
          await audio.close();
        }
        const tooLong = openAudio(join(folder, 'train.wav'), { maxSeconds: 0.1 });
        await expect(tooLong).rejects.toBeInstanceOf(AppError);
      }
      const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`));
      const targets = (await Promise.allSettled(links)).map((link) =>
        link.status === 'fulfilled' ? link.value : '',
      );
      expect(targets.filter((target) => target.startsWith(folder))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
