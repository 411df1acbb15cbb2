/** Coded blocks of any shape to even blocks of 16 kHz mono, up to the length limit. */

import { AppError } from '../errors.ts';
import type { AudioStream, DecodedBlock } from './audio-stream.ts';
import { emptyAudio, OUTPUT_SAMPLE_RATE, tooLong, undecodable } from './limits.ts';
import { mixToMono } from './mix.ts';
import type { Resampler } from './resample.ts';
import { createResampler } from './resample.ts';

const MIN_BLOCK_SAMPLES = OUTPUT_SAMPLE_RATE / 10;
const MAX_BLOCK_SAMPLES = OUTPUT_SAMPLE_RATE / 2;

export async function* monoBlocks(
  stream: AudioStream,
  { maxSeconds, signal }: { readonly maxSeconds: number; readonly signal?: AbortSignal },
): AsyncGenerator<Float32Array> {
  const maxSamples = Math.floor(maxSeconds * OUTPUT_SAMPLE_RATE);
  let total = 0;
  for await (const block of evenBlocks(resampled(stream, signal))) {
    total += block.length;
    if (total > maxSamples) throw tooLong(maxSeconds);
    yield block;
  }
  if (total === 0) throw emptyAudio(stream.container);
}

async function* resampled(
  stream: AudioStream,
  signal: AbortSignal | undefined,
): AsyncGenerator<Float32Array> {
  let resampler: Resampler | undefined;
  let rate = 0;
  try {
    for await (const block of checked(stream, signal)) {
      // A stream may change its rate, as joined mp3 files do.
      if (resampler === undefined || block.sampleRate !== rate) {
        if (resampler !== undefined) yield resampler.flush();
        resampler?.free();
        resampler = undefined;
        resampler = await createResampler(block.sampleRate);
        rate = block.sampleRate;
      }
      yield resampler.process(mixToMono(block));
    }
    if (resampler !== undefined) yield resampler.flush();
  } finally {
    resampler?.free();
  }
}

/** The stream's blocks; every unknown failure of a library becomes the caller's `audio_undecodable`. */
async function* checked(
  stream: AudioStream,
  signal: AbortSignal | undefined,
): AsyncGenerator<DecodedBlock> {
  signal?.throwIfAborted();
  try {
    for await (const block of stream.blocks()) {
      signal?.throwIfAborted();
      yield block;
    }
  } catch (error) {
    if (error instanceof AppError || signal?.aborted) throw error;
    throw undecodable(stream.container, error);
  }
}

/** Joins crumbs and cuts boulders, so that who consumes them is called neither too often nor too seldom. */
async function* evenBlocks(blocks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
  let crumbs: Float32Array[] = [];
  let size = 0;
  for await (const block of blocks) {
    if (block.length === 0) continue;
    crumbs.push(block);
    size += block.length;
    if (size < MIN_BLOCK_SAMPLES) continue;
    yield* cut(join(crumbs, size));
    crumbs = [];
    size = 0;
  }
  if (size > 0) yield* cut(join(crumbs, size));
}

function join(crumbs: readonly Float32Array[], size: number): Float32Array {
  const [only] = crumbs;
  if (only !== undefined && crumbs.length === 1) return only;
  const joined = new Float32Array(size);
  let position = 0;
  for (const crumb of crumbs) {
    joined.set(crumb, position);
    position += crumb.length;
  }
  return joined;
}

function* cut(block: Float32Array): Generator<Float32Array> {
  for (let from = 0; from < block.length; from += MAX_BLOCK_SAMPLES) {
    yield block.subarray(from, from + MAX_BLOCK_SAMPLES);
  }
}
