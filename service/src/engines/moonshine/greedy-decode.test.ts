import { describe, expect, it } from 'vitest';

import { greedyDecode } from './greedy-decode.ts';
import type { StepDecoder } from './step-decoder.ts';
import { END_TOKEN } from './tokenizer.ts';

const never = new AbortController().signal;

/** A decoder over 50 tokens that is sure of each scripted token, with this logit above all others. */
function scripted(next: (index: number) => number, logit = 20): StepDecoder {
  let index = 0;
  return {
    step() {
      const logits = new Float32Array(50);
      logits[next(index++)] = logit;
      return Promise.resolve(logits);
    },
  };
}

describe('greedy decoding', () => {
  it('stops at the end token and leaves it out', async () => {
    const decoded = await greedyDecode(
      scripted((index) => [7, 8, END_TOKEN][index] ?? 9),
      5,
      never,
    );
    expect(decoded.tokens).toEqual([7, 8]);
    expect(decoded.confidence).toBeCloseTo(1);
  });

  it('takes the mean token probability for its confidence', async () => {
    const decoded = await greedyDecode(
      scripted((index) => (index === 0 ? 7 : END_TOKEN), Math.log(49)),
      5,
      never,
    );
    expect(decoded.confidence).toBeCloseTo(0.5);
  });

  it('never writes more than people can say in the time', async () => {
    const decoded = await greedyDecode(
      scripted((index) => 3 + ((index * index) % 47)),
      2,
      never,
    );
    expect(decoded.tokens).toHaveLength(16);
  });

  it('cuts a loop after its first round', async () => {
    const decoded = await greedyDecode(
      scripted((index) => 10 + (index % 3)),
      15,
      never,
    );
    expect(decoded).toMatchObject({ tokens: [10, 11, 12], looped: true });
  });

  it('throws the reason of an abort between two steps', async () => {
    const controller = new AbortController();
    const decoder = scripted((index) => {
      if (index === 2) controller.abort(new Error('enough'));
      return 3 + index;
    });
    await expect(greedyDecode(decoder, 15, controller.signal)).rejects.toThrow('enough');
  });
});
