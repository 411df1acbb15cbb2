import { expect, it } from 'vitest';
import type { PcmFormat } from './pcm.ts';
import { decodePcm } from './pcm.ts';

const format = (fields: Partial<PcmFormat>): PcmFormat => ({
  kind: 'signed',
  bytesPerSample: 2,
  littleEndian: true,
  channels: 1,
  ...fields,
});

it.each([
  ['8-bit unsigned', format({ kind: 'unsigned', bytesPerSample: 1 }), '00 80 c0', [-1, 0, 0.5]],
  ['8-bit signed', format({ bytesPerSample: 1 }), '80 00 40', [-1, 0, 0.5]],
  ['16-bit little endian', format({}), '0080 0000 0040', [-1, 0, 0.5]],
  ['16-bit big endian', format({ littleEndian: false }), '8000 0000 4000', [-1, 0, 0.5]],
  ['24-bit little endian', format({ bytesPerSample: 3 }), '000080 000000 000040', [-1, 0, 0.5]],
  [
    '24-bit big endian',
    format({ bytesPerSample: 3, littleEndian: false }),
    '800000 000000 400000',
    [-1, 0, 0.5],
  ],
  ['32-bit', format({ bytesPerSample: 4 }), '00000080 00000000 00000040', [-1, 0, 0.5]],
  ['float', format({ kind: 'float', bytesPerSample: 4 }), '000080bf 0000003f', [-1, 0.5]],
  [
    'double',
    format({ kind: 'float', bytesPerSample: 8, littleEndian: false }),
    'bff0000000000000',
    [-1],
  ],
])('reads %s', (_, pcm, hex, expected) => {
  expect([...decodePcm(Buffer.from(hex.replaceAll(' ', ''), 'hex'), pcm)[0]!]).toEqual(expected);
});

it('reads G.711 by the tables of the standard', () => {
  const ulaw = decodePcm(
    Uint8Array.of(0xff, 0x00, 0x80),
    format({ kind: 'ulaw', bytesPerSample: 1 }),
  );
  expect([...ulaw[0]!].map((value) => value * 0x8000)).toEqual([0, -32_124, 32_124]);
  const alaw = decodePcm(
    Uint8Array.of(0xd5, 0x55, 0xaa),
    format({ kind: 'alaw', bytesPerSample: 1 }),
  );
  expect([...alaw[0]!].map((value) => value * 0x8000)).toEqual([8, -8, 32_256]);
});

it('splits channels and drops a cut-off frame at the end', () => {
  const bytes = Buffer.from('0040 00c0 0020'.replaceAll(' ', ''), 'hex');
  expect(decodePcm(bytes, format({ channels: 2 })).map((channel) => [...channel])).toEqual([
    [0.5],
    [-0.5],
  ]);
});
