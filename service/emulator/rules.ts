/** Faults on demand: a list of rules, of which the first that fits a request decides what goes wrong with it. */

export const SERVICES = ['speech', 'fast', 'identity'] as const;
export type ServiceName = (typeof SERVICES)[number];

export const FAULTS = [
  'unauthorized',
  'forbidden',
  'throttled',
  'throttled-1007',
  'internal',
  'unavailable',
  'slow',
  'stall',
  'hang-up',
  'garbage',
  'expired-token',
] as const;
export type Fault = (typeof FAULTS)[number];

export const ERROR_SHAPES = ['flat', 'wrapped'] as const;
export type ErrorShape = (typeof ERROR_SHAPES)[number];

export interface FaultRule {
  readonly fault: Fault;
  /** Every service that knows the fault, unless it is named. */
  readonly on?: ServiceName;
  /** Only requests in this language: the websocket's `language`, a candidate, or the definition's first locale. */
  readonly language?: string;
  /** How often the rule applies; for ever when left out. */
  readonly times?: number;
  /** Of `slow`. @default 1000 */
  readonly delayMs?: number;
  /** Of `throttled`. @default 1 */
  readonly retryAfterSeconds?: number;
  /** Of the error's body, where it is not the emulator's own. */
  readonly errorShape?: ErrorShape;
}

export const DEFAULT_SLOW_MS = 1000;
export const DEFAULT_RETRY_AFTER_SECONDS = 1;

const MAX_RULES = 100;
const MAX_TIMES = 1_000_000_000;
const MAX_DELAY_MS = 600_000;
const MAX_RETRY_AFTER_SECONDS = 86_400;
const FIELDS = [
  'fault',
  'on',
  'language',
  'times',
  'delayMs',
  'retryAfterSeconds',
  'errorShape',
] as const satisfies readonly (keyof FaultRule)[];
const LOCALE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

const KNOWN_TO: Readonly<Record<ServiceName, readonly Fault[]>> = {
  speech: FAULTS,
  fast: FAULTS.filter((fault) => fault !== 'throttled-1007'),
  identity: ['unauthorized', 'internal', 'slow', 'stall', 'garbage'],
};

/** Thrown when a rule is wrong; the message says which part and what is possible. */
export class InvalidRule extends Error {
  override readonly name = 'InvalidRule';
}

interface Entry {
  readonly rule: FaultRule;
  left: number;
}

export class Rules {
  readonly #entries: Entry[] = [];

  add(rule: unknown): void {
    const parsed = parseRule(rule);
    if (this.#entries.length >= MAX_RULES) {
      throw new InvalidRule(
        `There are ${MAX_RULES} rules already, the most there can be. Clear them first.`,
      );
    }
    this.#entries.push({ rule: parsed, left: parsed.times ?? Infinity });
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** The rules that still apply, each with how often it will. */
  get list(): readonly FaultRule[] {
    return this.#entries.map(({ rule, left }) =>
      Number.isFinite(left) ? { ...rule, times: left } : rule,
    );
  }

  /** The first rule that fits, used once by being asked for. `among` narrows the faults that are still possible. */
  take(
    service: ServiceName,
    languages: readonly string[],
    among: readonly Fault[] = FAULTS,
  ): FaultRule | null {
    const index = this.#entries.findIndex(
      ({ rule }) =>
        (rule.on ?? service) === service &&
        KNOWN_TO[service].includes(rule.fault) &&
        among.includes(rule.fault) &&
        (rule.language === undefined || holds(languages, rule.language)),
    );
    const entry = this.#entries[index];
    if (entry === undefined) return null;
    entry.left -= 1;
    if (entry.left === 0) this.#entries.splice(index, 1);
    return entry.rule;
  }
}

function holds(languages: readonly string[], wanted: string): boolean {
  return languages.some((language) => language.toLowerCase() === wanted.toLowerCase());
}

function parseRule(value: unknown): FaultRule {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidRule('A rule is an object such as {"fault": "throttled", "on": "fast"}.');
  }
  const unknown = Object.keys(value).find((key) => !FIELDS.some((field) => field === key));
  if (unknown !== undefined) {
    throw new InvalidRule(`A rule has no "${unknown}"; it has ${FIELDS.join(', ')}.`);
  }
  const given = value as Partial<Record<keyof FaultRule, unknown>>;
  const on = given.on === undefined ? undefined : oneOf('on', given.on, SERVICES);
  const fault = oneOf('fault', given.fault, FAULTS);
  if (on !== undefined && !KNOWN_TO[on].includes(fault)) {
    throw new InvalidRule(`"${on}" knows no "${fault}"; it knows ${KNOWN_TO[on].join(', ')}.`);
  }
  return {
    fault,
    ...(on !== undefined && { on }),
    ...(given.language !== undefined && { language: localeOf(given.language) }),
    ...(given.times !== undefined && { times: whole('times', given.times, 1, MAX_TIMES) }),
    ...(given.delayMs !== undefined && {
      delayMs: whole('delayMs', given.delayMs, 0, MAX_DELAY_MS),
    }),
    ...(given.retryAfterSeconds !== undefined && {
      retryAfterSeconds: whole(
        'retryAfterSeconds',
        given.retryAfterSeconds,
        0,
        MAX_RETRY_AFTER_SECONDS,
      ),
    }),
    ...(given.errorShape !== undefined && {
      errorShape: oneOf('errorShape', given.errorShape, ERROR_SHAPES),
    }),
  };
}

function oneOf<Choice extends string>(
  field: string,
  value: unknown,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new InvalidRule(`"${field}" is ${shown(value)}; it must be one of ${choices.join(', ')}.`);
}

function whole(field: string, value: unknown, minimum: number, maximum: number): number {
  if (Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum) {
    return value as number;
  }
  throw new InvalidRule(
    `"${field}" is ${shown(value)}; it must be a whole number from ${minimum} to ${maximum}.`,
  );
}

function localeOf(value: unknown): string {
  if (typeof value === 'string' && LOCALE.test(value)) return value;
  throw new InvalidRule(`"language" is ${shown(value)}; it must be a tag such as de-DE.`);
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
}
