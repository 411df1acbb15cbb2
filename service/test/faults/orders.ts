/** What the sabotaged pool is asked to do, and the one right answer to it. */
import type { Dice } from './random.ts';

export type OrderKind =
  | 'nap'
  | 'spin'
  | 'talk'
  | 'long'
  | 'throw'
  | 'overrun'
  | 'exit-zero'
  | 'exit-code'
  | 'hang'
  | 'hoard'
  | 'burst'
  | 'flood'
  | 'breed';

export interface Order {
  readonly number: number;
  readonly kind: OrderKind;
  readonly ms: number;
  readonly bytes: number;
}

export interface Receipt {
  readonly number: number;
  readonly answer: number;
}

export interface VictimInit {
  /** A file that says how the next start goes wrong; none is a good start. */
  readonly gate: string;
}

export type GateMode = 'throw' | 'exit' | 'hang';

/** Depends on all of the order, so that an answer given to somebody else shows. */
export function answerTo({ number, kind, ms, bytes }: Order): number {
  let hash = 2_166_136_261;
  for (const character of `${number}/${kind}/${ms}/${bytes}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  }
  return hash >>> 0;
}

const MEGABYTE = 2 ** 20;

interface Shape {
  readonly weight: number;
  readonly ms: readonly [number, number];
  readonly megabytes: readonly [number, number];
  /** Nobody may ever get an answer to it. */
  readonly isDoomed?: boolean;
}

const NONE = [0, 0] as const;

/** Sizes fit the limits in `fixtures/sabotaged-pool.ts`. */
const SHAPES: Readonly<Record<Exclude<OrderKind, 'breed'>, Shape>> = {
  nap: { weight: 700, ms: [0, 25], megabytes: NONE },
  spin: { weight: 150, ms: [1, 20], megabytes: NONE },
  talk: { weight: 60, ms: [50, 250], megabytes: NONE },
  long: { weight: 6, ms: [750, 1_000], megabytes: NONE },
  throw: { weight: 40, ms: [0, 5], megabytes: NONE, isDoomed: true },
  overrun: { weight: 2, ms: [60_000, 60_000], megabytes: NONE, isDoomed: true },
  'exit-zero': { weight: 5, ms: [0, 20], megabytes: NONE, isDoomed: true },
  'exit-code': { weight: 3, ms: [0, 20], megabytes: NONE, isDoomed: true },
  hang: { weight: 2, ms: [60_000, 60_000], megabytes: NONE, isDoomed: true },
  hoard: { weight: 45, ms: [0, 20], megabytes: [70, 80] },
  burst: { weight: 3, ms: [5_000, 5_000], megabytes: [300, 340], isDoomed: true },
  flood: { weight: 12, ms: NONE, megabytes: [1, 6] },
};

const WEIGHTS = Object.fromEntries(
  Object.entries(SHAPES).map(([kind, { weight }]) => [kind, weight]),
) as Record<keyof typeof SHAPES, number>;

export function drawOrder(dice: Dice, number: number): Order {
  const kind = dice.weighted(WEIGHTS);
  const { ms, megabytes } = SHAPES[kind];
  return {
    number,
    kind,
    ms: dice.between(...ms),
    bytes: dice.between(...megabytes) * MEGABYTE,
  };
}

/** Whether a healthy worker answers it: what is lost of these was lost to the sabotage of others. */
export function isHonest(order: Order): boolean {
  return order.kind !== 'breed' && SHAPES[order.kind].isDoomed !== true;
}

/** Outcomes that any task may meet when its worker, or all of them, are under attack. */
const COLLATERAL = [
  'worker_crashed',
  'pool_unavailable',
  'queue_timeout',
  'queue_full',
  'memory_limit',
  'task_timeout',
];

export function isAllowed(order: Order, outcome: string, mayAbort: boolean): boolean {
  if (COLLATERAL.includes(outcome)) return true;
  if (outcome === 'task_aborted') return mayAbort;
  if (outcome === 'task_error') return order.kind === 'throw';
  return outcome === 'completed' && isHonest(order);
}
