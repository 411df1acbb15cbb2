/** What every container gives: its claims, and its samples as they are coded. */

/** One stretch of samples of all channels, each array of the same length. */
export interface DecodedBlock {
  readonly sampleRate: number;
  readonly channels: readonly Float32Array[];
}

export interface AudioStream {
  readonly container: string;
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Seconds, as the container claims; null when it does not say. */
  readonly durationSeconds: number | null;
  /** Decodes from the beginning, a packet at a time and only when asked for more. */
  blocks(): AsyncIterable<DecodedBlock>;
  /** Frees what the demuxer holds; the file itself belongs to whoever opened it. */
  dispose(): void;
}
