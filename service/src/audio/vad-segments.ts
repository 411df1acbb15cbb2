/** Cuts a stream of samples into stretches of speech, holding no more than one of them in memory. */

import { createSegmenter, type SegmenterOptions, type Span } from './vad-segmenter.ts';
import { SAMPLE_RATE, type SpeechModel, WINDOW_SAMPLES } from './vad.ts';

/** Thresholds are probabilities, the rest seconds. The defaults gave the fewest word errors on real recordings. */
export interface SpeechSegmentOptions {
  /** Speech begins at this probability and goes on until it stays below `release`. */
  readonly onset: number;
  readonly release: number;
  /** Shorter bursts are clicks and coughs. */
  readonly minSpeech: number;
  /** Shorter pauses belong to the speech around them. */
  readonly minSilence: number;
  /** Speech that goes on after a shorter pause stays in the segment: the recogniser uses the context. */
  readonly mergeGap: number;
  /** Longest segment, without padding; longer speech is cut at its best pause. */
  readonly maxLength: number;
  /** Shortest first part of such a cut. */
  readonly minCut: number;
  /** Audio kept on both sides of the speech: soft first and last sounds score low. */
  readonly padding: number;
}

export const DEFAULT_SEGMENTS: SpeechSegmentOptions = {
  onset: 0.5,
  release: 0.35,
  minSpeech: 0.2,
  minSilence: 0.1,
  mergeGap: 1.5,
  maxLength: 15,
  minCut: 5,
  padding: 0.25,
};

export interface SpeechSegment {
  /** Seconds from the start of the recording, without padding. */
  readonly start: number;
  readonly end: number;
  /** The speech with some audio around it. */
  readonly samples: Float32Array;
}

export async function* speechSegments(
  pcm: AsyncIterable<Float32Array>,
  model: SpeechModel,
  signal: AbortSignal,
  options: SpeechSegmentOptions = DEFAULT_SEGMENTS,
): AsyncGenerator<SpeechSegment> {
  const segmenter = createSegmenter(inWindows(options));
  const padding = options.padding * SAMPLE_RATE;
  const probability = model.begin();
  const recent = createRecentSamples();
  let previousEnd = 0;

  const segment = (span: Span): SpeechSegment => {
    const start = span.start * WINDOW_SAMPLES;
    const end = Math.min(span.end * WINDOW_SAMPLES, recent.end);
    // Padding is silence: it ends where the speech of a neighbouring segment begins.
    const from = Math.max(start - padding, previousEnd, recent.start);
    const until = Math.min(end + padding, segmenter.pendingFrom * WINDOW_SAMPLES, recent.end);
    previousEnd = end;
    return {
      start: start / SAMPLE_RATE,
      end: end / SAMPLE_RATE,
      samples: recent.slice(from, until),
    };
  };

  for await (const window of windowsOf(pcm)) {
    signal.throwIfAborted();
    recent.append(window);
    const padded = window.length === WINDOW_SAMPLES ? window : zeroPadded(window);
    for (const span of segmenter.push(await probability(padded), loudness(window))) {
      yield segment(span);
    }
    recent.forgetBefore(segmenter.pendingFrom * WINDOW_SAMPLES - padding);
  }
  for (const span of segmenter.finish()) yield segment(span);
}

function inWindows(options: SpeechSegmentOptions): SegmenterOptions {
  const windows = (seconds: number): number => Math.round((seconds * SAMPLE_RATE) / WINDOW_SAMPLES);
  return {
    onset: options.onset,
    release: options.release,
    minSpeech: windows(options.minSpeech),
    minSilence: windows(options.minSilence),
    mergeGap: windows(options.mergeGap),
    maxLength: windows(options.maxLength),
    minCut: windows(options.minCut),
  };
}

/** Regroups blocks of any length into windows; the last one may be short. */
async function* windowsOf(blocks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
  let window = new Float32Array(WINDOW_SAMPLES);
  let filled = 0;
  for await (const block of blocks) {
    for (let offset = 0; offset < block.length;) {
      const part = block.subarray(offset, offset + WINDOW_SAMPLES - filled);
      window.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (filled < WINDOW_SAMPLES) continue;
      yield window;
      window = new Float32Array(WINDOW_SAMPLES);
      filled = 0;
    }
  }
  if (filled > 0) yield window.subarray(0, filled);
}

function zeroPadded(window: Float32Array): Float32Array {
  const padded = new Float32Array(WINDOW_SAMPLES);
  padded.set(window);
  return padded;
}

function loudness(window: Float32Array): number {
  let energy = 0;
  for (const sample of window) energy += sample * sample;
  return Math.log(energy / window.length + 1e-10);
}

interface RecentSamples {
  /** Positions in the recording, in samples. */
  readonly start: number;
  readonly end: number;
  append(window: Float32Array): void;
  slice(from: number, until: number): Float32Array;
  forgetBefore(position: number): void;
}

function createRecentSamples(): RecentSamples {
  const windows: Float32Array[] = [];
  let start = 0;
  let end = 0;
  return {
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    append(window) {
      windows.push(window);
      end += window.length;
    },
    slice(from, until) {
      const samples = new Float32Array(until - from);
      let position = start;
      for (const window of windows) {
        const first = Math.max(from, position);
        const last = Math.min(until, position + window.length);
        if (first < last) {
          samples.set(window.subarray(first - position, last - position), first - from);
        }
        position += window.length;
      }
      return samples;
    },
    forgetBefore(position) {
      let oldest = windows[0];
      while (oldest !== undefined && start + oldest.length <= position) {
        start += oldest.length;
        windows.shift();
        oldest = windows[0];
      }
    },
  };
}
