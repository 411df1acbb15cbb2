/** Decoded audio into the SDK's stream, never far ahead of what is sent: the stream itself would take everything. */
import type { PushAudioInputStream } from 'microsoft-cognitiveservices-speech-sdk';

/** 10 s of 16 kHz 16-bit mono. */
const LOOK_AHEAD_BYTES = 320_000;
const POLL_MS = 5;

export interface UploadProgress {
  /** Bytes of audio that the SDK has sent. */
  sentBytes(): number;
  /** Bytes that wait in its websocket. */
  bufferedBytes(): number;
  /** Called for each block: decoding goes on. */
  onBlock(): void;
}

/** Ends when everything is in the stream and the stream is closed. Rejects with what the source rejects with. */
export async function upload(
  pcm: AsyncIterable<Float32Array>,
  stream: PushAudioInputStream,
  progress: UploadProgress,
  signal: AbortSignal,
): Promise<void> {
  let written = 0;
  const isFarAhead = () =>
    written - progress.sentBytes() > LOOK_AHEAD_BYTES ||
    progress.bufferedBytes() > LOOK_AHEAD_BYTES;
  for await (const block of pcm) {
    if (signal.aborted) return;
    const bytes = toPcm16(block);
    stream.write(bytes);
    written += bytes.byteLength;
    progress.onBlock();
    while (isFarAhead() && !signal.aborted) await Bun.sleep(POLL_MS);
  }
  stream.close();
}

/** @param block samples in -1..1 */
export function toPcm16(block: Float32Array): ArrayBuffer {
  const samples = new Int16Array(block.length);
  for (let index = 0; index < block.length; index += 1) {
    const sample = block[index] ?? 0;
    samples[index] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
  }
  return samples.buffer;
}
