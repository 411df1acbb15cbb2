/** Calls per minute to one engine: what a provider would refuse anyway is not sent. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../errors.ts';

const MINUTE_SECONDS = 60;

/** A limit of our own: says nothing about the engine's health. */
export class RateExceeded extends AppError {}

export interface Rate {
  /** Rejects with `RateExceeded` when this minute's calls are used up. */
  take(): Promise<void>;
}

export function createRate(engine: string, requestsPerMinute: number | null): Rate {
  if (requestsPerMinute === null) return { take: () => Promise.resolve() };
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: MINUTE_SECONDS });
  return {
    async take() {
      try {
        await limiter.consume(engine);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        throw new RateExceeded(
          'engine_unavailable',
          `${engine} has had its ${requestsPerMinute} requests of this minute. Try again later.`,
          { reason: 'throttled', retryAfterSeconds: refusal.msBeforeNext / 1000 },
        );
      }
    },
  };
}
