/** Where the bearer tokens of a remote engine come from. */

export interface TokenSource {
  /** Rejects with an `AppError` for the reason `authentication` when there is none, or when the signal fires. */
  token(signal: AbortSignal): Promise<string>;
  /** The token was refused by the engine: get another one. */
  invalidate(token: string): void;
  /** Null while a token is at hand, else a sentence. */
  unreadyReason(): string | null;
}
