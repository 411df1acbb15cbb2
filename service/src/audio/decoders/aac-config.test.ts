import { expect, it } from 'vitest';
import {
  audioSpecificConfig,
  checkAacConfig,
  parseAudioSpecificConfig,
  rawFrame,
} from './aac-config.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

it('reads plain AAC', () => {
  expect(parseAudioSpecificConfig(bytes('1210'))).toEqual({
    objectType: 2,
    sampleRateIndex: 4,
    sampleRate: 44_100,
    channelConfiguration: 2,
  });
});

it('takes the plain core of HE-AAC', () => {
  // Object type 5 (SBR), core at 24 kHz, full rate 48 kHz, core object type 2.
  expect(parseAudioSpecificConfig(bytes('2b118800'))).toMatchObject({
    objectType: 2,
    sampleRate: 24_000,
    channelConfiguration: 2,
  });
});

it.each(['', '12', 'ff'])('gives nothing for the incomplete %j', (hex) => {
  expect(parseAudioSpecificConfig(bytes(hex))).toBeNull();
});

it('says the core as an mp4 file would', () => {
  for (const hex of ['1210', '1190', '1408']) {
    const config = parseAudioSpecificConfig(bytes(hex))!;
    expect(Buffer.from(audioSpecificConfig(config)).toString('hex')).toBe(hex);
  }
});

it('takes the ADTS header off a frame that has one, with its checksum', () => {
  expect([...rawFrame(bytes('fff15080019ffc0102030405'))]).toEqual([1, 2, 3, 4, 5]);
  expect([...rawFrame(bytes('fff05080019ffcabcd0102030405'))]).toEqual([1, 2, 3, 4, 5]);
  expect([...rawFrame(bytes('0102030405'))]).toEqual([1, 2, 3, 4, 5]);
});

it('refuses what Symphonia does not decode, by name', () => {
  const low = parseAudioSpecificConfig(bytes('1210'))!;
  expect(() => checkAacConfig('mp4', { ...low, objectType: 42 })).toThrow('object type 42');
  expect(() => checkAacConfig('mp4', { ...low, channelConfiguration: 6 })).toThrow(
    'channel configuration 6',
  );
});
