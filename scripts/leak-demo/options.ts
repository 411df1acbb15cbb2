/** What was typed after `make leak-demo`, read and checked before anything is started. */
import { resolve } from 'node:path';
import { Refusal } from '../verbs/refusal.ts';
import type { Typed } from '../verbs/verb.ts';

export const OPTIONS = ['requests', 'clients', 'engine', 'part', 'out'] as const;

/** Those that run on this machine: the others keep no memory here. */
const ENGINES = ['moonshine-base', 'moonshine-tiny'] as const;
export const PARTS = ['real', 'simulated'] as const;
export type Part = (typeof PARTS)[number];

const MIN_REQUESTS = 4;
const MAX_REQUESTS = 2000;
const MAX_CLIENTS = 8;
/** Enough for a trend. */
const REAL_REQUESTS = 200;
/** Enough for the isolated service to replace each worker more than once. */
const SIMULATED_REQUESTS = 30;
const CLIENTS = 2;

export interface DemoOptions {
  readonly parts: readonly Part[];
  /** To each of the two endpoints. */
  readonly requests: Readonly<Record<Part, number>>;
  readonly clients: number;
  readonly engine: (typeof ENGINES)[number];
  /** Absolute. */
  readonly out: string;
}

/** Throws `Refusal`. */
export function readOptions(typed: Typed, root: string): DemoOptions {
  const requests = wholeNumber(typed, 'requests', MIN_REQUESTS, MAX_REQUESTS);
  const part = oneOf(typed, 'part', PARTS);
  return {
    parts: part === null ? PARTS : [part],
    requests: { real: requests ?? REAL_REQUESTS, simulated: requests ?? SIMULATED_REQUESTS },
    clients: wholeNumber(typed, 'clients', 1, MAX_CLIENTS) ?? CLIENTS,
    engine: oneOf(typed, 'engine', ENGINES) ?? 'moonshine-base',
    out: resolve(root, typed('out') ?? 'results/leak-demo'),
  };
}

function wholeNumber(typed: Typed, name: string, least: number, most: number): number | null {
  const text = typed(name);
  if (text === null) return null;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  const option = name.toUpperCase();
  throw new Refusal(
    `${option}=${text} is no whole number from ${least} to ${most}. Type for example: make leak-demo ${option}=${least}`,
  );
}

function oneOf<const Value extends string>(
  typed: Typed,
  name: string,
  values: readonly Value[],
): Value | null {
  const text = typed(name);
  if (text === null) return null;
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  const option = name.toUpperCase();
  throw new Refusal(
    `${option}=${text} is none of ${values.join(', ')}. Type for example: make leak-demo ${option}=${values[0]}`,
  );
}
