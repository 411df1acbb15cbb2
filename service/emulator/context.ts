/** What the three services share: one of each for an emulator. */
import type { Tally } from './counts.ts';
import type { Settings } from './options.ts';
import type { Rules } from './rules.ts';
import type { Tokens } from './tokens.ts';
import type { Voice } from './voice.ts';

export interface Context {
  readonly settings: Settings;
  readonly rules: Rules;
  readonly tokens: Tokens;
  readonly tally: Tally;
  readonly voice: Voice;
  /** What `X-IDENTITY-HEADER` must be. */
  readonly identityHeader: string;
  /** Where uploads lie while they are measured. */
  readonly directory: string;
}
