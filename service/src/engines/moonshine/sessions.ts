/** ONNX Runtime sessions of one Moonshine model. */

import { dirname } from 'node:path';

import { InferenceSession, Tensor } from '../../audio/onnx-runtime.ts';

import { decoderGraph } from './decoder-graph.ts';
import { encoderGraph } from './encoder-graph.ts';
import { indexModel } from './onnx-reader.ts';
import type { MoonshineShape } from './shapes.ts';
import type { MoonshineFiles } from './model-files.ts';
import { createStepDecoder, type StepDecoder } from './step-decoder.ts';

export interface MoonshineSessions {
  /** Listens to the samples of one segment and returns the decoder that has heard them. */
  encode(samples: Float32Array): Promise<StepDecoder>;
  close(): Promise<void>;
}

export async function openSessions(
  files: MoonshineFiles,
  shape: MoonshineShape,
  threads: number,
): Promise<MoonshineSessions> {
  const models = { encoder: indexModel(files.encoder), decoder: indexModel(files.decoder) };
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // The graphs name places in the published files, which are mapped into memory and shared by all processes.
    extra: { session: { model_external_initializers_file_folder_path: dirname(files.decoder) } },
  };
  const encoder = await InferenceSession.create(encoderGraph(models, shape), options);
  const decoder = await InferenceSession.create(decoderGraph(models, shape), options);
  return {
    async encode(samples) {
      const heard = await encoder.run({
        samples: new Tensor('float32', samples, [1, samples.length]),
      });
      return createStepDecoder(decoder, heard, shape);
    },
    async close() {
      await encoder.release();
      await decoder.release();
    },
  };
}
