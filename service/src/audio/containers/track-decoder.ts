/** Chooses the decoder for a track, or says why there is none. */

import { createAacDecoder } from '../decoders/aac.ts';
import { checkAacConfig, parseAudioSpecificConfig } from '../decoders/aac-config.ts';
import { createFlacDecoder } from '../decoders/flac.ts';
import { createMpegDecoder } from '../decoders/mpeg.ts';
import { createOpusDecoder } from '../decoders/opus.ts';
import type { PacketDecoder } from '../decoders/packet-decoder.ts';
import type { PcmFormat } from '../decoders/pcm.ts';
import { decodePcm } from '../decoders/pcm.ts';
import { createVorbisDecoder } from '../decoders/vorbis.ts';
import { undecodable, unsupportedCodec } from '../limits.ts';

export interface TrackShape {
  readonly sampleRate: number;
  readonly channels: number;
  /** The codec's private data, where the container has some. */
  readonly description: Uint8Array | null;
}

/** `codec` is mediabunny's name for it. */
export function decoderFactory(
  container: string,
  codec: string,
  shape: TrackShape,
): () => Promise<PacketDecoder> {
  const { channels, description } = shape;
  switch (codec) {
    case 'aac':
      return aacFactory(container, description);
    case 'mp3':
      return createMpegDecoder;
    case 'flac':
      return createFlacDecoder;
    case 'opus':
      return () => createOpusDecoder(channels, description);
    case 'vorbis':
      if (description === null) throw undecodable(container, new Error('no Vorbis headers'));
      return () => createVorbisDecoder(description);
  }
  const format = pcmFormat(codec, channels);
  if (format === null) throw unsupportedCodec(container, codecTitle(codec));
  return async () => ({
    decode: (packet) => ({ sampleRate: shape.sampleRate, channels: decodePcm(packet, format) }),
    flush: () => null,
    free: () => undefined,
  });
}

function aacFactory(
  container: string,
  description: Uint8Array | null,
): () => Promise<PacketDecoder> {
  const config = description === null ? null : parseAudioSpecificConfig(description);
  if (config === null) throw undecodable(container, new Error('no usable AudioSpecificConfig'));
  checkAacConfig(container, config);
  return () => createAacDecoder(config);
}

/** `pcm-s16be` and the like; null for every other codec. */
export function pcmFormat(codec: string, channels: number): PcmFormat | null {
  if (codec === 'alaw' || codec === 'ulaw') {
    return { kind: codec, bytesPerSample: 1, littleEndian: true, channels };
  }
  const match = /^pcm-([suf])(8|16|24|32|64)(be)?$/.exec(codec);
  if (match === null) return null;
  const kind = ({ s: 'signed', u: 'unsigned', f: 'float' } as const)[match[1] as 's' | 'u' | 'f'];
  return {
    kind,
    bytesPerSample: Number(match[2]) / 8,
    littleEndian: match[3] === undefined,
    channels,
  };
}

export function codecTitle(codec: string): string {
  const titles: Readonly<Record<string, string>> = {
    ac3: 'Dolby Digital (AC-3)',
    eac3: 'Dolby Digital Plus (E-AC-3)',
    dts: 'DTS',
    alac: 'Apple Lossless (ALAC)',
    samr: 'AMR',
    sawb: 'AMR-WB',
    'A_MS/ACM': 'a Windows codec',
  };
  return titles[codec] ?? `the codec ${JSON.stringify(codec)}`;
}
