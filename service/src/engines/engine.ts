/** What a speech engine is: it loads once, then turns one audio source at a time into segments. */

/** One stretch of speech. Times are seconds from the start of the recording. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The engine's own measure in 0..1 (Moonshine: mean token probability), or null when it has none. */
  readonly confidence: number | null;
  /** BCP-47 tag of what was heard, where the engine can tell. */
  readonly language?: string;
  /** Times of the single words, where the engine knows them. */
  readonly words?: readonly Word[];
}

/** Times are seconds from the start of the recording. */
export interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** An upload on disk. An engine takes the original file (`path`) or asks for decoded samples (`pcm`). */
export interface AudioSource {
  /** Absolute path of the original file; its content is untrusted. */
  readonly path: string;
  /** Size of the original file in bytes. */
  readonly bytes: number;
  /**
   * Decoded samples: 16 kHz, mono, 32-bit float in -1..1, in blocks of any length.
   * Each call decodes from the beginning. Rejects with an `AppError` when the file cannot be decoded.
   */
  pcm(): AsyncIterable<Float32Array>;
  /**
   * Length in seconds that the container claims, read without decoding; null when it claims none or is none that we read.
   * Rejects with `audio_too_long` beyond the limit. For engines that never ask for `pcm()`.
   */
  claimedSeconds(): Promise<number | null>;
  /** Tells the true length in seconds, for engines that never ask for `pcm()`. */
  reportSeconds(seconds: number): void;
}

export interface TranscribeOptions {
  /** BCP-47 tag, or `auto`. */
  readonly language: string;
  /** Bearer token of a remote engine, or null. */
  readonly token: string | null;
  /** Called at signs of life while an engine waits for somebody else, so that a wait is not taken for a hang. */
  alive(): void;
}

/** What an engine can do, for request validation and for sizing. */
export interface EngineSupport {
  /** BCP-47 primary tags it understands; the first is what `auto` means where nothing is detected. */
  readonly languages: readonly string[];
  /** Whether segments carry word times. */
  readonly words: boolean;
  /** Longest recording in seconds, or null when only `STT_MAX_DURATION_MINUTES` limits it. */
  readonly maxAudioSeconds: number | null;
  /** Resident memory of one loaded instance, in megabytes, measured. */
  readonly memoryMb: number;
}

export interface Engine {
  readonly id: string;
  readonly support: EngineSupport;
  /** Loads models and runs one short inference, so that the first real task is not the slow one. */
  load(): Promise<void>;
  /**
   * Segments in time order, each as soon as it is known. Silence gives none.
   * The signal is checked between decoder steps; on abort the iteration throws the signal's reason.
   */
  transcribe(
    source: AudioSource,
    options: TranscribeOptions,
    signal: AbortSignal,
  ): AsyncIterable<Segment>;
  /** Frees native memory. The engine cannot be used afterwards. */
  close(): Promise<void>;
}
