/** Reads the samples of an uncompressed file, a piece at a time. */

import type { AudioStream, DecodedBlock } from '../audio-stream.ts';
import type { ByteFile } from '../byte-file.ts';
import type { PcmFormat } from '../decoders/pcm.ts';
import { decodePcm } from '../decoders/pcm.ts';
import { checkShape, emptyAudio } from '../limits.ts';

export interface PcmLayout {
  readonly container: 'wav' | 'aiff';
  readonly format: PcmFormat;
  readonly sampleRate: number;
  readonly dataStart: number;
  readonly dataBytes: number;
}

/** Pieces of a quarter of a second, and never more than this many bytes. */
const MAX_PIECE_BYTES = 1 << 20;

export function pcmFileStream(file: ByteFile, layout: PcmLayout): AudioStream {
  const { container, format, sampleRate, dataStart } = layout;
  checkShape(container, sampleRate, format.channels);
  const frameBytes = format.channels * format.bytesPerSample;
  const frames = Math.floor(layout.dataBytes / frameBytes);
  if (frames === 0) throw emptyAudio(container);

  async function* blocks(): AsyncGenerator<DecodedBlock> {
    const framesPerPiece = Math.max(
      1,
      Math.min(Math.ceil(sampleRate / 4), Math.floor(MAX_PIECE_BYTES / frameBytes)),
    );
    for (let frame = 0; frame < frames; frame += framesPerPiece) {
      const wanted = Math.min(framesPerPiece, frames - frame);
      const bytes = await file.read(dataStart + frame * frameBytes, wanted * frameBytes);
      yield { sampleRate, channels: decodePcm(bytes, format) };
    }
  }

  return {
    container,
    codec: codecName(format),
    sampleRate,
    channels: format.channels,
    durationSeconds: frames / sampleRate,
    blocks,
    dispose: () => undefined,
  };
}

function codecName({ kind, bytesPerSample, littleEndian }: PcmFormat): string {
  if (kind === 'alaw' || kind === 'ulaw') return kind;
  const letter = { signed: 's', unsigned: 'u', float: 'f' }[kind];
  const order = littleEndian || bytesPerSample === 1 ? '' : 'be';
  return `pcm-${letter}${bytesPerSample * 8}${order}`;
}
