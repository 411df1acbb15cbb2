/** What the Azure engines are told once, wherever they run. JSON-safe, and without a secret. */

export interface AzureSettings {
  /** Address of the resource without a slash at the end, such as `https://name.cognitiveservices.azure.com`. */
  readonly endpoint: string;
  /** Locales that `auto` chooses from; with one there is nothing to choose. */
  readonly languages: readonly string[];
  /** Longest silence of the service in ms before a recording is given up. */
  readonly stallMs: number;
  /** Limits of Fast Transcription. */
  readonly fast: {
    readonly maxBytes: number;
    readonly maxSeconds: number;
  };
}
