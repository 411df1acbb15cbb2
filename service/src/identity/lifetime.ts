/** When a token may still be handed out, and when to ask for the next one. */
import type { AccessToken } from '@azure/identity';

const MINUTE_MS = 60_000;
const MINIMUM_LEFT_MS = 5 * MINUTE_MS;
const SHORT_LIFE_MS = 10 * MINUTE_MS;
const SHORT_MINIMUM_SHARE = 0.2;
const SHORTEST_DELAY_MS = 1_000;

export interface HeldToken {
  readonly token: string;
  /** Wall clock in ms; from then on too little is left for a request to live on. */
  readonly usableUntil: number;
}

/** `now` is when the token was first seen: a cached one is as long-lived to us as what is left of it. */
export function holdToken({ token, expiresOnTimestamp }: AccessToken, now: number): HeldToken {
  const lifetimeMs = expiresOnTimestamp - now;
  const minimumLeftMs =
    lifetimeMs < SHORT_LIFE_MS ? lifetimeMs * SHORT_MINIMUM_SHARE : MINIMUM_LEFT_MS;
  return { token, usableUntil: expiresOnTimestamp - minimumLeftMs };
}

/**
 * Milliseconds until the next request to the identity provider: 50 to 60 % of the time in which the token is usable.
 * Early enough for hours of failing refreshes with Azure's tokens of 24 hours, and for half an hour with those of one.
 * Azure's own library answers from its cache until a token's last five minutes (or, for long ones, its half), so the same
 * token comes again; then this is asked anew with what is left, ever more often towards the end.
 */
export function refreshDelayMs({ usableUntil }: HeldToken, now: number): number {
  return Math.max(SHORTEST_DELAY_MS, (usableUntil - now) * (0.5 + 0.1 * Math.random()));
}
