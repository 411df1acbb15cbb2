/** A WAV file of a given size: 16 kHz, mono, 16 bit, a quiet tone. */
export function toneWav(bytes: number): Uint8Array<ArrayBuffer> {
  const wav = new Uint8Array(bytes);
  const view = new DataView(wav.buffer);
  const text = (at: number, value: string) => wav.set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  view.setUint32(4, bytes - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 16_000, true);
  view.setUint32(28, 32_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, bytes - 44, true);
  for (let at = 44; at + 1 < bytes; at += 2) {
    view.setInt16(at, Math.round(500 * Math.sin(at / 7)), true);
  }
  return wav;
}
