/** The decoder on one segment: remembers the keys and values of the tokens so far. */

import { type InferenceSession, Tensor } from '../../audio/onnx-runtime.ts';

import type { MoonshineShape } from './shapes.ts';

export interface StepDecoder {
  /** Feeds one token and returns the logits of the next, valid until the next step. */
  step(token: number): Promise<Float32Array>;
}

/** `heard` holds the tensors of the cross attention under the names of the decoder's inputs. */
export function createStepDecoder(
  session: InferenceSession,
  heard: InferenceSession.ReturnType,
  shape: MoonshineShape,
): StepDecoder {
  const token = new BigInt64Array(1);
  const position = new BigInt64Array(1);
  const feeds: Record<string, Tensor> = {
    ...heard,
    token: new Tensor('int64', token, [1, 1]),
    position: new Tensor('int64', position, [1]),
  };
  const parts = Array.from({ length: shape.layers }, (_, index) => [
    `${index}.key`,
    `${index}.value`,
  ]).flat();
  for (const part of parts) {
    feeds[`past.${part}`] = new Tensor('float32', new Float32Array(0), [
      1,
      shape.heads,
      0,
      shape.headSize,
    ]);
  }
  return {
    async step(next) {
      token[0] = BigInt(next);
      const outputs = await session.run(feeds);
      for (const part of parts) feeds[`past.${part}`] = outputs[`present.${part}`] as Tensor;
      position[0] = (position[0] as bigint) + 1n;
      return outputs['logits']?.data as Float32Array;
    },
  };
}
