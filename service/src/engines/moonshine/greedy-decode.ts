/** Greedy decoding: the likeliest token each step, until the end token, the length cap or a loop. */

import { loopStart } from './repetition.ts';
import type { StepDecoder } from './step-decoder.ts';
import { END_TOKEN, START_TOKEN } from './tokenizer.ts';

/** Fast speech stays below 5 tokens a second; what is longer is invented. */
const TOKENS_PER_SECOND = 6;
/** Head room for short segments, where rounding would cut the last word. */
const EXTRA_TOKENS = 4;

export interface Decoded {
  readonly tokens: readonly number[];
  /** Mean probability of the tokens, 0 when there are none. */
  readonly confidence: number;
  /** The decoder ran into a loop and was cut. */
  readonly looped: boolean;
}

export async function greedyDecode(
  decoder: StepDecoder,
  audioSeconds: number,
  signal: AbortSignal,
): Promise<Decoded> {
  const limit = Math.ceil(audioSeconds * TOKENS_PER_SECOND) + EXTRA_TOKENS;
  const tokens: number[] = [];
  const probabilities: number[] = [];
  let token = START_TOKEN;
  while (tokens.length < limit) {
    signal.throwIfAborted();
    const logits = await decoder.step(token);
    token = indexOfLargest(logits);
    if (token === END_TOKEN) break;
    tokens.push(token);
    probabilities.push(probabilityOf(logits, token));
    const kept = loopStart(tokens);
    if (kept !== null) {
      return {
        tokens: tokens.slice(0, kept),
        confidence: mean(probabilities.slice(0, kept)),
        looped: true,
      };
    }
  }
  return { tokens, confidence: mean(probabilities), looped: false };
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value > bestValue) {
      bestValue = value;
      best = index;
    }
  }
  return best;
}

/** Softmax probability of the largest logit. */
function probabilityOf(logits: Float32Array, largest: number): number {
  const top = logits[largest] as number;
  let sum = 0;
  for (let index = 0; index < logits.length; index++)
    sum += Math.exp((logits[index] as number) - top);
  return 1 / sum;
}

function mean(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
