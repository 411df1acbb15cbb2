/** Any rate to 16 kHz, a block at a time, by the Speex resampler (WASM, BSD-3-Clause). */

import type { SpeexModule } from '@echogarden/speex-resampler-wasm/simd';
import { OUTPUT_SAMPLE_RATE } from './limits.ts';

export interface Resampler {
  process(block: Float32Array): Float32Array;
  /** What is still inside the filter, so that the output has the full length of the input. */
  flush(): Float32Array;
  free(): void;
}

/**
 * Quality 4 of 0..10: flat to 7 kHz, images and aliases below -88 dB, 3 ms for a second of 44.1 kHz and 0.7 ms of 48 kHz.
 * One step down loses 3 dB at 7 kHz; libsamplerate's fastest sinc is three to ten times slower and flat to 6 kHz only.
 */
const QUALITY = 4;
/** Samples handed over per call; the WASM heap never holds more. */
const CHUNK = 8192;

let module: Promise<SpeexModule> | undefined;

async function loadSpeex(): Promise<SpeexModule> {
  const { default: createModule } = await import('@echogarden/speex-resampler-wasm/simd');
  return createModule();
}

export async function createResampler(inputRate: number): Promise<Resampler> {
  if (inputRate === OUTPUT_SAMPLE_RATE) return passThrough;
  module ??= loadSpeex();
  return new SpeexResampler(await module, inputRate);
}

const NOTHING = new Float32Array(0);
const passThrough: Resampler = {
  process: (block) => block,
  flush: () => NOTHING,
  free: () => undefined,
};

class SpeexResampler implements Resampler {
  readonly #speex: SpeexModule;
  readonly #state: number;
  /** One allocation: two 32-bit counters, the input chunk, the output chunk. */
  readonly #memory: number;
  readonly #outputCapacity: number;
  readonly #ratio: number;
  #samplesIn = 0;
  #samplesOut = 0;

  constructor(speex: SpeexModule, inputRate: number) {
    this.#speex = speex;
    this.#ratio = OUTPUT_SAMPLE_RATE / inputRate;
    this.#outputCapacity = Math.ceil(CHUNK * this.#ratio) + 64;
    this.#memory = speex._malloc(8 + 4 * (CHUNK + this.#outputCapacity));
    this.#state = speex._speex_resampler_init(1, inputRate, OUTPUT_SAMPLE_RATE, QUALITY, 0);
    if (this.#state === 0) throw new Error(`speex_resampler_init(${inputRate}) failed`);
    // Without this the output would start with half a filter of silence and every time be late by it.
    speex._speex_resampler_skip_zeros(this.#state);
  }

  process(block: Float32Array): Float32Array {
    this.#samplesIn += block.length;
    return this.#run(block);
  }

  flush(): Float32Array {
    const latency = this.#speex._speex_resampler_get_input_latency(this.#state);
    const missing = Math.round(this.#samplesIn * this.#ratio) - this.#samplesOut;
    return this.#run(new Float32Array(latency + 1)).subarray(0, Math.max(0, missing));
  }

  free(): void {
    this.#speex._speex_resampler_destroy(this.#state);
    this.#speex._free(this.#memory);
  }

  #run(input: Float32Array): Float32Array {
    const output = new Float32Array(Math.ceil(input.length * this.#ratio) + 64);
    const inputPointer = this.#memory + 8;
    const outputPointer = inputPointer + 4 * CHUNK;
    let consumed = 0;
    let produced = 0;
    while (consumed < input.length) {
      const chunk = input.subarray(consumed, consumed + CHUNK);
      // The heap views are replaced when the WASM memory grows, so they are fetched anew each time.
      this.#speex.HEAPF32.set(chunk, inputPointer >> 2);
      this.#speex.HEAPU32[this.#memory >> 2] = chunk.length;
      this.#speex.HEAPU32[(this.#memory + 4) >> 2] = this.#outputCapacity;
      const failure = this.#speex._speex_resampler_process_float(
        this.#state,
        0,
        inputPointer,
        this.#memory,
        outputPointer,
        this.#memory + 4,
      );
      const used = this.#speex.HEAPU32[this.#memory >> 2] ?? 0;
      const made = this.#speex.HEAPU32[(this.#memory + 4) >> 2] ?? 0;
      if (failure !== 0 || (used === 0 && made === 0)) {
        throw new Error(`speex_resampler_process_float failed with ${failure}`);
      }
      const first = outputPointer >> 2;
      // The filter overshoots a little where the input touches full scale.
      for (let index = 0; index < made; index++) {
        output[produced + index] = Math.max(-1, Math.min(1, this.#speex.HEAPF32[first + index]!));
      }
      consumed += used;
      produced += made;
    }
    this.#samplesOut += produced;
    return output.subarray(0, produced);
  }
}
