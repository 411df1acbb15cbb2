/** Moonshine, English speech recognition on the CPU: voice activity detection, encoder, greedy decoder. */

import { loadSpeechModel, SAMPLE_RATE, type SpeechModel, WINDOW_SAMPLES } from '../../audio/vad.ts';
import { speechSegments } from '../../audio/vad-segments.ts';
import { AppError } from '../../errors.ts';
import type { AudioSource, Engine, Segment, TranscribeOptions } from '../engine.ts';
import { greedyDecode } from './greedy-decode.ts';
import { type MoonshineSize, packagedFiles } from './model-files.ts';
import { type MoonshineSessions, openSessions } from './sessions.ts';
import { SHAPES } from './shapes.ts';
import { MOONSHINE_SUPPORT } from './support.ts';
import { END_TOKEN, START_TOKEN, textOf } from './tokenizer.ts';

export type { MoonshineSize } from './model-files.ts';

export interface MoonshineOptions {
  /**
   * Threads inside one inference. Several processes of one thread each do more in the same time.
   * @default 1
   */
  readonly threads?: number;
}

/**
 * Silence put before and after each segment. Where speech begins or ends with the audio, the model drops words or
 * goes on inventing: on real recordings this halved the errors. It also makes every segment long enough for the
 * encoder's convolutions.
 */
const SURROUNDING_SILENCE = 0.25 * SAMPLE_RATE;

interface Loaded {
  readonly speechModel: SpeechModel;
  readonly sessions: MoonshineSessions;
}

export function createMoonshine(size: MoonshineSize, options: MoonshineOptions = {}): Engine {
  const id = `moonshine-${size}`;
  let loaded: Loaded | null = null;

  return {
    id,
    support: MOONSHINE_SUPPORT[size],

    async load() {
      if (loaded !== null) return;
      const ready: Loaded = {
        speechModel: await loadSpeechModel(),
        sessions: await openSessions(packagedFiles(size), SHAPES[size], options.threads ?? 1),
      };
      await warmUp(ready);
      loaded = ready;
    },

    async *transcribe(
      source: AudioSource,
      _options: TranscribeOptions,
      signal: AbortSignal,
    ): AsyncGenerator<Segment> {
      if (loaded === null) throw new AppError('engine_unavailable', `${id} is not loaded.`);
      signal.throwIfAborted();
      for await (const speech of speechSegments(source.pcm(), loaded.speechModel, signal)) {
        const { text, confidence } = await recognise(loaded, speech.samples, signal);
        if (text !== '') yield { start: speech.start, end: speech.end, text, confidence };
      }
    },

    async close() {
      const closing = loaded;
      loaded = null;
      await closing?.speechModel.close();
      await closing?.sessions.close();
    },
  };
}

async function recognise(
  { sessions }: Loaded,
  samples: Float32Array,
  signal: AbortSignal,
): Promise<{ text: string; confidence: number }> {
  const surrounded = new Float32Array(samples.length + 2 * SURROUNDING_SILENCE);
  surrounded.set(samples, SURROUNDING_SILENCE);
  const decoder = await sessions.encode(surrounded);
  const { tokens, confidence } = await greedyDecode(decoder, samples.length / SAMPLE_RATE, signal);
  return { text: textOf(tokens), confidence };
}

/**
 * Proves that every session computes, and lets each allocate its buffers now instead of in the first request.
 * Silence ends decoding after one token, so one more step covers a filled cache.
 */
async function warmUp({ speechModel, sessions }: Loaded): Promise<void> {
  await speechModel.begin()(new Float32Array(WINDOW_SAMPLES));
  const decoder = await sessions.encode(new Float32Array(SAMPLE_RATE));
  await decoder.step(START_TOKEN);
  await decoder.step(END_TOKEN);
}
