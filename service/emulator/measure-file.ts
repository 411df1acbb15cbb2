/** Length and loudness of an uploaded recording, decoded as the service decodes it. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openAudio, OUTPUT_SAMPLE_RATE } from '../src/audio/index.ts';
import { AppError } from '../src/errors.ts';
import type { AzureError } from './azure-error.ts';

/** What Azure takes in one Fast request. */
const MAX_SECONDS = 2 * 3600;
/** Up to this peak of -1..1 a recording is digital silence. */
export const SILENCE_PEAK = 16 / 32_768;

export interface Measured {
  readonly seconds: number;
  readonly silent: boolean;
  /** Empty unless they were asked for. */
  readonly samples: readonly Float32Array[];
}

export async function measureFile(
  file: Blob,
  directory: string,
  keepSamples: boolean,
): Promise<Measured | AzureError> {
  const path = join(directory, randomUUID());
  try {
    await Bun.write(path, file);
    return await measure(path, keepSamples);
  } catch (error) {
    if (error instanceof AppError) return invalidAudio(error.message);
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

async function measure(path: string, keepSamples: boolean): Promise<Measured> {
  const audio = await openAudio(path, { maxSeconds: MAX_SECONDS });
  const samples: Float32Array[] = [];
  let count = 0;
  let peak = 0;
  try {
    for await (const block of audio.pcm()) {
      count += block.length;
      for (const sample of block) peak = Math.max(peak, Math.abs(sample));
      if (keepSamples) samples.push(block.slice());
    }
  } finally {
    await audio.close();
  }
  return { seconds: count / OUTPUT_SAMPLE_RATE, silent: peak <= SILENCE_PEAK, samples };
}

function invalidAudio(message: string): AzureError {
  return {
    status: 422,
    code: 'UnprocessableEntity',
    message: 'The audio could not be processed.',
    innerError: { code: 'InvalidAudioFormat', message },
  };
}
