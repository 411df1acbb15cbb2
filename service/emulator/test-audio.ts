/** Recordings of any length, for tests. */

/** Hertz. */
export const SAMPLE_RATE = 16_000;

/** A tone, or silence with an amplitude of 0. */
export function pcm(seconds: number, amplitude = 8000): Int16Array<ArrayBuffer> {
  const wave = (_: unknown, index: number) => Math.round(Math.sin(index / 10) * amplitude);
  return Int16Array.from({ length: Math.round(seconds * SAMPLE_RATE) }, wave);
}

export function wav(seconds: number, amplitude?: number): Uint8Array<ArrayBuffer> {
  const samples = new Uint8Array(pcm(seconds, amplitude).buffer);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return new Uint8Array(Buffer.concat([header, samples]));
}
