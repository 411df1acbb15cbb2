/** The recording that the HTTP faults are tried with: about two seconds out of a sample, cut at a pause. */
import { sample, sampleBytes } from '../running-service.ts';

const HEADER_BYTES = 44;
const BYTES_PER_SECOND = 32_000;
const FROM_SECONDS = 2.4;
const TO_SECONDS = 4.5;

/** A WAV file of its own: 16 kHz, mono, 16 bit, as the sample is. */
export function shortClip(): Uint8Array<ArrayBuffer> {
  const whole = sampleBytes(sample('wav'));
  const from = HEADER_BYTES + FROM_SECONDS * BYTES_PER_SECOND;
  const body = whole.slice(from, HEADER_BYTES + TO_SECONDS * BYTES_PER_SECOND);
  const clip = new Uint8Array(HEADER_BYTES + body.byteLength);
  clip.set(whole.subarray(0, HEADER_BYTES));
  clip.set(body, HEADER_BYTES);
  const header = new DataView(clip.buffer);
  header.setUint32(4, clip.byteLength - 8, true);
  header.setUint32(40, body.byteLength, true);
  return clip;
}
