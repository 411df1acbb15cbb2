/** Waits for something by trying it again and again, up to a limit, with a line that says how much time is left. */
import type { Say } from './say.ts';

export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds) => Bun.sleep(milliseconds),
};

/** Done with a value, or not yet and why. */
export type Attempt<Value> = { readonly value: Value } | { readonly waitingFor: string };

export interface Waiting {
  readonly everyMs: number;
  readonly limitMs: number;
}

const TICK_MS = 1000;

/** The value, or, after the limit, what the last attempt waited for. What an attempt throws ends the waiting. */
export async function waitFor<Value>(
  { clock, say }: { readonly clock: Clock; readonly say: Say },
  { everyMs, limitMs }: Waiting,
  attempt: () => Promise<Attempt<Value>>,
): Promise<Attempt<Value>> {
  const end = clock.now() + limitMs;
  try {
    for (;;) {
      const outcome = await attempt();
      if ('value' in outcome || clock.now() >= end) return outcome;
      const next = Math.min(end, clock.now() + everyMs);
      while (clock.now() < next) {
        say.countdown(
          `${outcome.waitingFor}; ${minutes(end - clock.now())} left, next try in ${Math.ceil((next - clock.now()) / TICK_MS)} s`,
          clock.now(),
        );
        await clock.sleep(Math.min(TICK_MS, next - clock.now()));
      }
    }
  } finally {
    say.countdownOver();
  }
}

/** Such as 9:50. */
export function minutes(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
