/** Speech probability of 32 ms windows by the Silero model. */

import { fileURLToPath } from 'node:url';

import { InferenceSession, Tensor } from './onnx-runtime.ts';

export const SAMPLE_RATE = 16_000;
/** Samples per window: the only length the model knows at 16 kHz. */
export const WINDOW_SAMPLES = 512;
/** The model sees the tail of the previous window before each window. */
const CONTEXT_SAMPLES = 64;
const STATE_SHAPE = [2, 1, 128] as const;

export interface SpeechModel {
  /** Probabilities of one recording's windows, which must come in order. */
  begin(): (window: Float32Array) => Promise<number>;
  close(): Promise<void>;
}

export async function loadSpeechModel(): Promise<SpeechModel> {
  const file = new URL('./silero_vad_v6.onnx', import.meta.resolve('@ricky0123/vad-web'));
  const session = await InferenceSession.create(fileURLToPath(file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'basic',
  });
  const sampleRate = new Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE)), []);
  return {
    begin() {
      let state: Tensor = new Tensor('float32', new Float32Array(2 * 128), STATE_SHAPE);
      const input = new Float32Array(CONTEXT_SAMPLES + WINDOW_SAMPLES);
      const inputTensor = new Tensor('float32', input, [1, input.length]);
      return async (window) => {
        input.copyWithin(0, WINDOW_SAMPLES);
        input.set(window, CONTEXT_SAMPLES);
        const outputs = await session.run({ input: inputTensor, state, sr: sampleRate });
        state = outputs['stateN'] as Tensor;
        return ((outputs['output'] as Tensor).data as Float32Array)[0] as number;
      };
    },
    close: () => session.release(),
  };
}
