/** What an AAC decoder has to know before the first frame. */

import { unsupportedCodec } from '../limits.ts';

export interface AacConfig {
  /** MPEG-4 audio object type of the core: 2 is LC. */
  readonly objectType: number;
  readonly sampleRateIndex: number;
  readonly sampleRate: number;
  readonly channelConfiguration: number;
}

export const AAC_SAMPLE_RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
  7_350,
];

const AAC_LC = 2;
const SBR = 5;
const PARAMETRIC_STEREO = 29;
const ADTS_HEADER_BYTES = 7;

/** Reads an AudioSpecificConfig (ISO 14496-3, 1.6.2.1), or null when it is cut off or its rate is none of the standard's. */
export function parseAudioSpecificConfig(bytes: Uint8Array): AacConfig | null {
  let position = 0;
  const take = (bits: number): number => {
    let value = 0;
    for (let count = 0; count < bits; count++, position++) {
      const byte = bytes[position >> 3];
      if (byte === undefined) return Number.NaN;
      value = value * 2 + ((byte >> (7 - (position & 7))) & 1);
    }
    return value;
  };
  const takeObjectType = (): number => {
    const type = take(5);
    return type === 31 ? 32 + take(6) : type;
  };
  const takeRateIndex = (): number => {
    const index = take(4);
    return index === 15 ? AAC_SAMPLE_RATES.indexOf(take(24)) : index;
  };

  let objectType = takeObjectType();
  const sampleRateIndex = takeRateIndex();
  const channelConfiguration = take(4);
  if (objectType === SBR || objectType === PARAMETRIC_STEREO) {
    // HE-AAC: the core is plain AAC at half the rate, complete in itself up to a quarter of the full rate.
    takeRateIndex();
    objectType = takeObjectType();
  }
  const sampleRate = AAC_SAMPLE_RATES[sampleRateIndex];
  if (sampleRate === undefined || Number.isNaN(objectType + channelConfiguration)) return null;
  return { objectType, sampleRateIndex, sampleRate, channelConfiguration };
}

/** Symphonia decodes LC, the profile of nearly every recording, in mono and stereo. */
export function checkAacConfig(container: string, config: AacConfig): void {
  const { objectType, channelConfiguration } = config;
  if (objectType !== AAC_LC) {
    throw unsupportedCodec(container, `AAC of object type ${objectType} (only LC is decoded)`);
  }
  if (channelConfiguration < 1 || channelConfiguration > 2) {
    throw unsupportedCodec(
      container,
      `AAC in channel configuration ${channelConfiguration} (only mono and stereo are decoded)`,
    );
  }
}

/** The configuration of the core, as it would stand in an mp4 file. */
export function audioSpecificConfig(config: AacConfig): Uint8Array {
  const { objectType, sampleRateIndex, channelConfiguration } = config;
  return Uint8Array.of(
    (objectType << 3) | (sampleRateIndex >> 1),
    ((sampleRateIndex & 1) << 7) | (channelConfiguration << 3),
  );
}

/** The packet without the ADTS header that some containers leave in front of each frame. */
export function rawFrame(packet: Uint8Array): Uint8Array {
  const [first = 0, second = 0] = packet;
  const isAdts = packet.length > ADTS_HEADER_BYTES && first === 0xff && (second & 0xf6) === 0xf0;
  if (!isAdts) return packet;
  const hasChecksum = (second & 1) === 0;
  return packet.subarray(hasChecksum ? ADTS_HEADER_BYTES + 2 : ADTS_HEADER_BYTES);
}
