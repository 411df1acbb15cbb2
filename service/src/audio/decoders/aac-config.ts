/** What an AAC decoder has to know before the first frame, and the ADTS header that says it in front of each. */

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

const SBR = 5;
const PARAMETRIC_STEREO = 29;
const ADTS_HEADER_BYTES = 7;
/** The frame length field has 13 bits. */
const MAX_ADTS_FRAME_BYTES = 0x1fff;

/** Reads an AudioSpecificConfig (ISO 14496-3, 1.6.2.1), or null when it is cut off or uses a rate ADTS cannot say. */
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

/** The frame with an ADTS header in front (unless it has one), or null when it is too large to have one. */
export function adtsFrame(packet: Uint8Array, config: AacConfig): Uint8Array | null {
  const isAdts =
    packet.length > ADTS_HEADER_BYTES && packet[0] === 0xff && (packet[1]! & 0xf6) === 0xf0;
  if (isAdts) return packet;
  const length = packet.length + ADTS_HEADER_BYTES;
  if (packet.length === 0 || length > MAX_ADTS_FRAME_BYTES) return null;
  const frame = new Uint8Array(length);
  frame[0] = 0xff;
  frame[1] = 0xf1;
  frame[2] =
    ((config.objectType - 1) << 6) |
    (config.sampleRateIndex << 2) |
    (config.channelConfiguration >> 2);
  frame[3] = ((config.channelConfiguration & 3) << 6) | (length >> 11);
  frame[4] = (length >> 3) & 0xff;
  frame[5] = ((length & 7) << 5) | 0x1f;
  frame[6] = 0xfc;
  frame.set(packet, ADTS_HEADER_BYTES);
  return frame;
}
