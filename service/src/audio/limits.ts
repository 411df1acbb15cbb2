/** What shape of audio is decoded at all, and the sentences for what is not. */

import { AppError } from '../errors.ts';

/** Rate of every block `pcm()` yields, in hertz. */
export const OUTPUT_SAMPLE_RATE = 16_000;

/** Beyond these a header is damaged or lying: nothing records speech at 100 Hz, 1 MHz or on 65535 channels. */
const MIN_SAMPLE_RATE = 1_000;
const MAX_SAMPLE_RATE = 384_000;
const MAX_CHANNELS = 32;

/** A claimed length is believed only if the file has this many bytes for each second of it. */
const MIN_BYTES_PER_CLAIMED_SECOND = 25;

export function checkShape(container: string, sampleRate: number, channels: number): void {
  if (!(sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE)) {
    throw new AppError(
      'audio_undecodable',
      `The ${container} header says ${sampleRate} samples per second; ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} are possible. The file is damaged or its header is wrong.`,
    );
  }
  if (!(channels >= 1 && channels <= MAX_CHANNELS)) {
    throw new AppError(
      'audio_undecodable',
      `The ${container} header says ${channels} channels; 1 to ${MAX_CHANNELS} are possible. The file is damaged or its header is wrong.`,
    );
  }
}

/** The length a header claims, or null when it is absurd for a file of that size. */
export function plausibleDuration(seconds: number | null, fileBytes: number): number | null {
  if (seconds === null || !(seconds > 0) || !Number.isFinite(seconds)) return null;
  return fileBytes >= seconds * MIN_BYTES_PER_CLAIMED_SECOND ? seconds : null;
}

export function tooLong(maxSeconds: number): AppError {
  const minutes = Number((maxSeconds / 60).toFixed(2));
  return new AppError(
    'audio_too_long',
    `The recording is longer than ${minutes} minutes, the limit set by STT_MAX_DURATION_MINUTES. Split it and send the parts.`,
  );
}

const REMEDY = 'Convert it first: ffmpeg -i input -ar 16000 -ac 1 output.wav';

export function unsupportedCodec(container: string, codec: string): AppError {
  return new AppError(
    'unsupported_media',
    `The ${container} file holds ${codec}, which is not decoded here. ${REMEDY}`,
  );
}

export function notAudio(looksLike: string): AppError {
  return new AppError(
    'unsupported_media',
    `The file looks like ${looksLike}, not like audio that is decoded here (wav, aiff, flac, mp3, aac, m4a, mp4, ogg, webm). If it is a recording, convert it: ffmpeg -i input -ar 16000 -ac 1 output.wav`,
  );
}

export function emptyAudio(container: string): AppError {
  return new AppError('empty_audio', `The ${container} file holds no audio samples.`);
}

export function undecodable(container: string, cause?: unknown): AppError {
  return new AppError(
    'audio_undecodable',
    `The ${container} file is damaged or cut off: no audio could be decoded from it. Try to play it, or export it again.`,
    { cause },
  );
}
