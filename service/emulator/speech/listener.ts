/** Measures the audio of a turn as it comes: 16-bit mono PCM behind a RIFF header. */
import { SILENCE_PEAK } from '../measure-file.ts';

const RIFF_HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
const SAMPLE_RATE = 16_000;
const FULL_SCALE = 32_768;

export class Listener {
  readonly samples: Float32Array[] = [];
  readonly #keepSamples: boolean;
  #bytes = 0;
  #peak = 0;
  /** First half of a sample whose second half comes with the next frame. */
  #half: Uint8Array | null = null;

  constructor(keepSamples: boolean) {
    this.#keepSamples = keepSamples;
  }

  get seconds(): number {
    return this.#bytes / BYTES_PER_SAMPLE / SAMPLE_RATE;
  }

  get silent(): boolean {
    return this.#peak / FULL_SCALE <= SILENCE_PEAK;
  }

  /** Gives what is wrong with the audio, or null. */
  hear(payload: Uint8Array): string | null {
    if (!startsWithRiff(payload)) {
      this.#listen(payload);
      return null;
    }
    const objection = objectionTo(payload);
    if (objection === null) this.#listen(payload.subarray(RIFF_HEADER_BYTES));
    return objection;
  }

  #listen(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const whole = this.#half === null ? bytes : Buffer.concat([this.#half, bytes]);
    const count = Math.floor(whole.length / BYTES_PER_SAMPLE);
    const rest = whole.subarray(count * BYTES_PER_SAMPLE);
    this.#half = rest.length === 0 ? null : rest.slice();
    const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
    const samples = this.#keepSamples ? new Float32Array(count) : null;
    for (let index = 0; index < count; index += 1) {
      const sample = view.getInt16(index * BYTES_PER_SAMPLE, true);
      this.#peak = Math.max(this.#peak, Math.abs(sample));
      if (samples !== null) samples[index] = sample / FULL_SCALE;
    }
    if (samples !== null) this.samples.push(samples);
  }
}

function startsWithRiff(payload: Uint8Array): boolean {
  return (
    payload.length >= RIFF_HEADER_BYTES &&
    new TextDecoder('latin1').decode(payload.subarray(0, 4)) === 'RIFF'
  );
}

function objectionTo(header: Uint8Array): string | null {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const format = view.getUint16(20, true);
  const channels = view.getUint16(22, true);
  const rate = view.getUint32(24, true);
  const bits = view.getUint16(34, true);
  if (format === 1 && channels === 1 && rate === SAMPLE_RATE && bits === 16) return null;
  return `Only 16 kHz 16-bit mono PCM is understood, not format ${format}, ${rate} Hz, ${bits} bit, ${channels} channels`;
}
