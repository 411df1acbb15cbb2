/** Opens an uploaded file of any supported kind and gives its samples as 16 kHz mono, a block at a time. */

import { AppError } from '../errors.ts';
import type { AudioStream } from './audio-stream.ts';
import { ByteFile } from './byte-file.ts';
import { notAudio, plausibleDuration, tooLong, undecodable } from './limits.ts';
import { monoBlocks } from './mono-blocks.ts';
import type { AudioContainer } from './sniff.ts';
import { sniff } from './sniff.ts';

export interface AudioLimits {
  /** Recordings longer than this end in `audio_too_long`; it is STT_MAX_DURATION_MINUTES in seconds. */
  readonly maxSeconds: number;
  /** Checked between packets; on abort the iteration throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface OpenedAudio {
  readonly container: string;
  readonly codec: string;
  /** Of the recording, in hertz; what `pcm()` yields is always 16 kHz mono. */
  readonly sampleRate: number;
  readonly channels: number;
  /** What the container claims, in seconds; it may lie. Null when it does not say. */
  readonly durationSeconds: number | null;
  /** Blocks of 100 to 500 ms in -1..1, decoded while they are asked for. Each call decodes from the beginning. */
  pcm(): AsyncIterable<Float32Array>;
  /** Closes the file. To be called in every outcome, after the last block is taken. */
  close(): Promise<void>;
}

export async function openAudio(path: string, limits: AudioLimits): Promise<OpenedAudio> {
  limits.signal?.throwIfAborted();
  const file = await ByteFile.open(path);
  try {
    const stream = await openStream(file);
    const durationSeconds = plausibleDuration(stream.durationSeconds, file.size);
    if (durationSeconds !== null && durationSeconds > limits.maxSeconds) {
      stream.dispose();
      throw tooLong(limits.maxSeconds);
    }
    return {
      container: stream.container,
      codec: stream.codec,
      sampleRate: stream.sampleRate,
      channels: stream.channels,
      durationSeconds,
      pcm: () => monoBlocks(stream, limits),
      close: async () => {
        stream.dispose();
        await file.close();
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openStream(file: ByteFile): Promise<AudioStream> {
  if (file.size === 0) {
    throw new AppError('empty_audio', 'The file is empty: 0 bytes arrived.');
  }
  const sniffed = await sniff(file);
  if (sniffed.container === null) throw notAudio(sniffed.looksLike);
  try {
    return await openContainer(file, sniffed.container, sniffed.start);
  } catch (error) {
    throw error instanceof AppError ? error : undecodable(sniffed.container, error);
  }
}

/** Readers are loaded when the first file of their kind comes, so that a worker starts lean. */
async function openContainer(
  file: ByteFile,
  container: AudioContainer,
  start: number,
): Promise<AudioStream> {
  switch (container) {
    case 'wav':
    case 'aiff': {
      const { pcmFileStream } = await import('./containers/pcm-file.ts');
      const layout =
        container === 'wav'
          ? await (await import('./containers/wav.ts')).readWavLayout(file)
          : await (await import('./containers/aiff.ts')).readAiffLayout(file);
      return pcmFileStream(file, layout);
    }
    case 'mp3':
      return (await import('./containers/mp3.ts')).openMp3(file, start);
    case 'aac':
      return (await import('./containers/adts.ts')).openAdts(file, start);
    case 'flac':
      return (await import('./containers/flac.ts')).openFlac(file, start);
    case 'ogg': {
      const { isOggFlac, openOggFlac } = await import('./containers/flac.ts');
      if (await isOggFlac(file)) return openOggFlac(file);
      return (await import('./containers/demux.ts')).openDemuxed(file, container);
    }
    default:
      return (await import('./containers/demux.ts')).openDemuxed(file, container);
  }
}
