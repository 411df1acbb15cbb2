/** What a chart's numbers are, and how a person reads them: 268435456 bytes are 256 MB. */

/** `seconds` and `milliseconds` are durations, `perSecond` a rate, `ratio` a plain number such as 0.25. */
export type Quantity = 'bytes' | 'seconds' | 'perSecond' | 'count' | 'ratio' | 'milliseconds';

/** One way to write a quantity. */
export interface Unit {
  /** Empty where the number says enough. */
  readonly symbol: string;
  /** In the quantity's own measure: 1048576 for MB. */
  readonly size: number;
}

// As in the service's settings: 1 MB is 1024 × 1024 bytes.
const KB = 1024;
const MB = KB * 1024;
const GB = MB * 1024;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Each with the smallest value it is used for, largest first; the last serves everything below. */
const UNITS: Readonly<Record<Quantity, readonly (readonly [from: number, unit: Unit])[]>> = {
  bytes: [
    [GB, { symbol: 'GB', size: GB }],
    [MB, { symbol: 'MB', size: MB }],
    [KB, { symbol: 'kB', size: KB }],
    [0, { symbol: 'B', size: 1 }],
  ],
  seconds: [
    [2 * HOUR, { symbol: 'h', size: HOUR }],
    [3 * MINUTE, { symbol: 'min', size: MINUTE }],
    [1, { symbol: 's', size: 1 }],
    [0, { symbol: 'ms', size: 0.001 }],
  ],
  milliseconds: [
    [180_000, { symbol: 'min', size: 60_000 }],
    [10_000, { symbol: 's', size: 1000 }],
    [0, { symbol: 'ms', size: 1 }],
  ],
  perSecond: [[0, { symbol: '/s', size: 1 }]],
  count: [[0, { symbol: '', size: 1 }]],
  ratio: [[0, { symbol: '', size: 1 }]],
};

const DIGITS = 3;

/** The unit in which a value of this size is read; an axis takes the one of its largest value. */
export function unitFor(quantity: Quantity, largest: number): Unit {
  const units = UNITS[quantity];
  const found = units.find(([from]) => Math.abs(largest) >= from && largest !== 0) ?? units.at(-1);
  return found?.[1] ?? { symbol: '', size: 1 };
}

/** Such as `1.25 GB`, `42 s` or `12,000`: three digits where there is a fraction. */
export function readable(
  value: number,
  quantity: Quantity,
  unit = unitFor(quantity, value),
): string {
  const scaled = value / unit.size;
  const whole = Math.abs(scaled) >= 10 ** (DIGITS - 1);
  const number = new Intl.NumberFormat('en-US', {
    maximumFractionDigits: whole ? 0 : 20,
    ...(!whole && { maximumSignificantDigits: DIGITS }),
  }).format(scaled);
  return unit.symbol === '' || value === 0 ? number : `${number} ${unit.symbol}`;
}
