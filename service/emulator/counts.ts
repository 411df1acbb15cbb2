/** What happened so far: one outcome for each request or turn, and how long the answers took. */
import { SERVICES } from './rules.ts';
import type { ServiceName } from './rules.ts';

const MAX_TIMES = 10_000;

/**
 * What became of requests and turns: `ok`, `silence`, `invalid`, `unauthorized`, `overloaded`, `abandoned` (the client
 * left first), `undecodable`, or the fault's name.
 */
export type Outcomes = Readonly<Record<string, number>>;

export interface Counts {
  /** One for each turn of each websocket, and one for each websocket that was refused. */
  readonly speech: Outcomes;
  readonly fast: Outcomes;
  readonly identity: Outcomes;
  readonly tokensIssued: number;
  readonly connectionsOpened: number;
  readonly openConnections: number;
  /** Turns that got their `turn.end`. */
  readonly turnsAnswered: number;
}

export class Tally {
  readonly #outcomes: Record<ServiceName, Map<string, number>> = {
    speech: new Map(),
    fast: new Map(),
    identity: new Map(),
  };
  /** Last audio received to answer sent, in milliseconds; `delayMs` is part of it. */
  readonly answerTimesMs: number[] = [];
  /** First audio received to last. */
  readonly uploadTimesMs: number[] = [];
  turnsAnswered = 0;
  connectionsOpened = 0;

  add(service: ServiceName, outcome: string): void {
    const outcomes = this.#outcomes[service];
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }

  addTimes(uploadMs: number, answerMs: number): void {
    push(this.uploadTimesMs, uploadMs);
    push(this.answerTimesMs, answerMs);
  }

  outcomes(): Record<ServiceName, Outcomes> {
    const entries = SERVICES.map(
      (service) => [service, Object.fromEntries(this.#outcomes[service])] as const,
    );
    return Object.fromEntries(entries) as Record<ServiceName, Outcomes>;
  }
}

function push(times: number[], ms: number): void {
  times.push(ms);
  if (times.length > MAX_TIMES) times.shift();
}
