/** The published ONNX files run as they are: what the rebuilt graphs are tested and measured against. */

import { InferenceSession, Tensor } from '../../audio/onnx-runtime.ts';

import { type MoonshineSize, packagedFiles } from './model-files.ts';
import type { MoonshineSessions } from './sessions.ts';
import { SHAPES } from './shapes.ts';
import type { StepDecoder } from './step-decoder.ts';

export async function openPublishedSessions(size: MoonshineSize): Promise<MoonshineSessions> {
  const files = packagedFiles(size);
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const encoder = await InferenceSession.create(files.encoder, options);
  const decoder = await InferenceSession.create(files.decoder, options);
  return {
    async encode(samples) {
      const outputs = await encoder.run({
        input_values: new Tensor('float32', samples, [1, samples.length]),
      });
      return stepDecoder(decoder, outputs['last_hidden_state'] as Tensor, size);
    },
    async close() {
      await encoder.release();
      await decoder.release();
    },
  };
}

function stepDecoder(decoder: InferenceSession, hidden: Tensor, size: MoonshineSize): StepDecoder {
  const { layers, heads, headSize } = SHAPES[size];
  const past: Record<string, Tensor> = {};
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value']) {
      const empty = new Tensor('float32', new Float32Array(0), [0, heads, 1, headSize]);
      past[`past_key_values.${layer}.${part}`] = empty;
    }
  }
  let isFirst = true;
  return {
    async step(token) {
      const outputs = await decoder.run({
        ...past,
        input_ids: new Tensor('int64', BigInt64Array.of(BigInt(token)), [1, 1]),
        encoder_hidden_states: hidden,
        use_cache_branch: new Tensor('bool', [!isFirst], [1]),
      });
      for (const name of Object.keys(past)) {
        // After the first step the encoder's keys and values come out empty.
        if (!isFirst && name.includes('encoder')) continue;
        past[name] = outputs[name.replace('past_key_values', 'present')] as Tensor;
      }
      isFirst = false;
      return outputs['logits']?.data as Float32Array;
    },
  };
}
