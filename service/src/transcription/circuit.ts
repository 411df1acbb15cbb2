/** Stops asking an engine that goes on failing, and lets one request find out when it is back. */
import {
  CircuitState,
  ConsecutiveBreaker,
  CountBreaker,
  circuitBreaker,
  handleAll,
} from 'cockatiel';
import type { IBreaker } from 'cockatiel';
import { AppError } from '../errors.ts';
import { RateExceeded } from './rate.ts';

const OPEN_MS = 10_000;
const WINDOW_CALLS = 20;
const LEAST_CALLS = 10;
/** The library opens above its threshold, we at half. */
const JUST_BELOW_HALF = 0.499;
const FAILURES_IN_A_ROW = 5;
const PROBE_RETRY_SECONDS = 1;

export interface Circuit {
  /** The error for a request that is not let through now, or null. */
  refusal(): AppError | null;
  /** Rejects with the refusal, or as `call` does. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Seconds until a request may find out whether the engine is back; null when closed or when one may now. */
  openSeconds(): number | null;
}

/**
 * What is counted is how requests end, after their tries: one in ten that fail each of their tries would otherwise make a
 * quarter of all calls, and come in a row. Requests that the client left, that failed by the recording or that our own
 * limits refused count neither way, a probe of that kind included: the next request probes then.
 */
export function createCircuit(engine: string): Circuit {
  const policy = circuitBreaker(handleAll, { halfOpenAfter: OPEN_MS, breaker: eitherBreaker() });
  let openedAt = 0;
  let lastReason = '';
  let probing = false;
  policy.onBreak(() => {
    openedAt = Date.now();
  });

  const restMs = () =>
    policy.state === CircuitState.Open ? Math.max(0, openedAt + OPEN_MS - Date.now()) : 0;

  function refusal(): AppError | null {
    const waitMs = restMs();
    if (waitMs === 0 && !probing) return null;
    return new AppError(
      'engine_unavailable',
      `${engine} is not asked for the moment: its last requests failed (${lastReason}). Try again later.`,
      { reason: 'service', retryAfterSeconds: waitMs / 1000 || PROBE_RETRY_SECONDS },
    );
  }

  /** Tells the library how a request ended. */
  async function record(failure: AppError | null): Promise<void> {
    if (failure?.reason !== undefined) lastReason = failure.reason;
    await policy
      .execute(() => {
        if (failure !== null) throw failure;
      })
      .catch(() => undefined);
  }

  async function observed<T>(call: () => Promise<T>, countable: () => boolean): Promise<T> {
    try {
      const answer = await call();
      if (countable()) await record(null);
      return answer;
    } catch (error) {
      if (isFailure(error) && countable()) await record(error);
      throw error;
    }
  }

  return {
    refusal,
    async run(call) {
      const refused = refusal();
      if (refused !== null) throw refused;
      if (policy.state === CircuitState.Closed) {
        // One that began before the circuit opened tells nothing about the time after.
        return observed(call, () => policy.state === CircuitState.Closed);
      }
      probing = true;
      try {
        return await observed(call, () => true);
      } finally {
        probing = false;
      }
    },
    openSeconds: () => restMs() / 1000 || null,
  };
}

function isFailure(error: unknown): error is AppError {
  return (
    error instanceof AppError && error.reason !== undefined && !(error instanceof RateExceeded)
  );
}

/** Opens at half of the last calls, or at a row of failures, which is what little traffic gets to see. */
function eitherBreaker(): IBreaker {
  const share = new CountBreaker({
    threshold: JUST_BELOW_HALF,
    size: WINDOW_CALLS,
    minimumNumberOfCalls: LEAST_CALLS,
  });
  const row = new ConsecutiveBreaker(FAILURES_IN_A_ROW);
  return {
    state: null,
    success(state) {
      share.success(state);
      row.success();
    },
    failure(state) {
      const shareOpens = share.failure(state);
      return row.failure() || shareOpens;
    },
  };
}
