/** Whether the service can answer now: by its default engine or by the one that stands in for it. */
import type { EngineId } from './contract.ts';

export interface ReadinessFacts {
  readonly engine: EngineId;
  readonly fallbackEngine: EngineId | null;
  /** Each gives null, or a sentence that says why not. */
  runnerReason(engine: EngineId): string | null;
  tokenReason(engine: EngineId): string | null;
  /** Seconds until an engine that went on failing is asked again, or null. */
  openSeconds(engine: EngineId): number | null;
}

/** Null, or the default engine's sentence: what is wrong with the fallback comes second. */
export function unreadyReason(facts: ReadinessFacts): string | null {
  const { engine, fallbackEngine } = facts;
  const reason = reasonOf(engine, facts);
  if (reason === null || fallbackEngine === null) return reason;
  return reasonOf(fallbackEngine, facts) === null ? null : reason;
}

function reasonOf(engine: EngineId, facts: ReadinessFacts): string | null {
  const seconds = facts.openSeconds(engine);
  const circuit =
    seconds === null
      ? null
      : `${engine} goes on failing; it is asked again in ${Math.ceil(seconds)} s.`;
  return facts.runnerReason(engine) ?? facts.tokenReason(engine) ?? circuit;
}
