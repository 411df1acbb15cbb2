/** What an emulator can be told when it is made, and what it takes when it is not told. */
import type { ErrorShape } from './rules.ts';

export interface EmulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Milliseconds between the last audio and the answer. @default 0 */
  readonly delayMs?: number;
  /** @default 3600 */
  readonly tokenLifetimeSeconds?: number;
  /** The only identity there is; requests for another client id are refused. Every one exists by default. */
  readonly clientId?: string;
  /** What language identification finds where it is a candidate; otherwise the first candidate is found. */
  readonly spokenLocale?: string;
  /** `flat`, the default: `{code, message}`; `wrapped`: the same in `{error}`. */
  readonly errorShape?: ErrorShape;
  /** `script`, the default, says what `scriptFor` says; the engine says what it hears, in English. */
  readonly engine?: 'script' | 'moonshine-tiny';
  /** Websockets, and HTTP requests, at one time; more are answered with 503. @default 1000 */
  readonly maxConnections?: number;
}

export type Settings = Readonly<{
  [Name in keyof Required<EmulatorOptions>]: Name extends 'clientId' | 'spokenLocale'
    ? string | null
    : Required<EmulatorOptions>[Name];
}>;

export function settingsOf(options: EmulatorOptions): Settings {
  return {
    port: options.port ?? 0,
    delayMs: options.delayMs ?? 0,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
    clientId: options.clientId ?? null,
    spokenLocale: options.spokenLocale ?? null,
    errorShape: options.errorShape ?? 'flat',
    engine: options.engine ?? 'script',
    maxConnections: options.maxConnections ?? 1000,
  };
}

/** What language identification finds among the candidates. */
export function identifyLocale(
  candidates: readonly string[],
  spoken: string | null,
): string | null {
  const heard = candidates.find((locale) => locale.toLowerCase() === spoken?.toLowerCase());
  return heard ?? candidates[0] ?? null;
}
