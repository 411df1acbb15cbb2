/** What a verb works with: where it is, what it was told, whom it asks, how it speaks, and what time it is. */
import type { Ask } from './ask.ts';
import type { Clock } from './countdown.ts';
import type { Say } from './say.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Session {
  /** Root of the repository. */
  readonly root: string;
  /** Handed on to `az`, `pulumi` and `git`. */
  readonly env: Environment;
  /** Every question is answered with yes, and nothing is asked that has no answer yet. */
  readonly yes: boolean;
  /** Programs may draw on this terminal themselves. */
  readonly terminal: boolean;
  readonly ask: Ask;
  readonly say: Say;
  readonly clock: Clock;
}
