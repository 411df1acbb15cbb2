/** Where the model files lie inside their npm package. */

import { fileURLToPath } from 'node:url';

export type MoonshineSize = 'base' | 'tiny';

export interface MoonshineFiles {
  readonly encoder: string;
  readonly decoder: string;
}

export function packagedFiles(size: MoonshineSize): MoonshineFiles {
  const model = new URL(
    `./model/${size}/quantized/`,
    import.meta.resolve('@usefulsensors/moonshine-js'),
  );
  return {
    encoder: fileURLToPath(new URL('encoder_model.onnx', model)),
    decoder: fileURLToPath(new URL('decoder_model_merged.onnx', model)),
  };
}
