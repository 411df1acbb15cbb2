import { expect, it } from 'vitest';
import { adtsFrame, parseAudioSpecificConfig } from './aac-config.ts';

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

it('puts a header in front of a bare frame and leaves one that has it alone', () => {
  const config = parseAudioSpecificConfig(bytes('1210'))!;
  const frame = adtsFrame(bytes('0102030405'), config)!;
  expect(Buffer.from(frame).toString('hex')).toBe('fff15080019ffc0102030405');
  expect(adtsFrame(frame, config)).toBe(frame);
});

it('refuses a frame longer than a header can say', () => {
  const config = parseAudioSpecificConfig(bytes('1210'))!;
  expect(adtsFrame(new Uint8Array(9000), config)).toBeNull();
});
