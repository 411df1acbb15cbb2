/** Files of bare AAC frames (ADTS). */

import type { AudioStream } from '../audio-stream.ts';
import type { ByteFile } from '../byte-file.ts';
import type { AacConfig } from '../decoders/aac-config.ts';
import { AAC_SAMPLE_RATES, checkAacConfig } from '../decoders/aac-config.ts';
import { createAacDecoder } from '../decoders/aac.ts';
import { decodePackets } from '../decoders/decode-packets.ts';
import { checkShape, undecodable } from '../limits.ts';
import type { FrameHeader } from './frame-walker.ts';
import { walkFrames } from './frame-walker.ts';

interface AdtsHeader extends FrameHeader {
  readonly config: AacConfig;
}

function parseAdtsHeader(bytes: Uint8Array, offset: number): AdtsHeader | null {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0] = bytes.subarray(offset, offset + 6);
  if (b0 !== 0xff || (b1 & 0xf6) !== 0xf0) return null;
  const sampleRateIndex = (b2 >> 2) & 15;
  const sampleRate = AAC_SAMPLE_RATES[sampleRateIndex];
  const channelConfiguration = ((b2 & 1) << 2) | (b3 >> 6);
  const length = ((b3 & 3) << 11) | (b4 << 3) | (b5 >> 5);
  if (sampleRate === undefined || length < 8) return null;
  return {
    bytes: length,
    sampleRate,
    channels: channelConfiguration === 7 ? 8 : channelConfiguration,
    kind: ((b1 & 8) << 8) | (b2 & 0xfd),
    config: { objectType: (b2 >> 6) + 1, sampleRateIndex, sampleRate, channelConfiguration },
  };
}

export async function openAdts(file: ByteFile, start: number): Promise<AudioStream> {
  let first: AdtsHeader | null = null;
  for await (const frame of walkFrames(file, start, parseAdtsHeader)) {
    first = parseAdtsHeader(frame.data, 0);
    break;
  }
  if (first === null) throw undecodable('aac', new Error('no ADTS frame found'));
  const { sampleRate, channels, config } = first;
  checkAacConfig('aac', config);
  checkShape('aac', sampleRate, channels);

  async function* packets(): AsyncGenerator<Uint8Array> {
    for await (const frame of walkFrames(file, start, parseAdtsHeader)) yield frame.data;
  }
  return {
    container: 'aac',
    codec: 'aac',
    sampleRate,
    channels,
    durationSeconds: null,
    blocks: () => decodePackets('aac', packets(), () => createAacDecoder(config)),
    dispose: () => undefined,
  };
}
