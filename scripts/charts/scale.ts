/** Where an axis ends and where its ticks stand: at numbers that are round in the unit they are read in. */
import { readable, unitFor } from './quantity.ts';
import type { Quantity } from './quantity.ts';

const INTERVALS = 6;
const DECIMAL_STEPS = [1, 2, 2.5, 5, 10];
/** Clock faces have no tick at 2.5 or 50. */
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300];

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
  readonly ticks: readonly number[];
  readonly label: (value: number) => string;
}

/** From zero, or from the lowest value below it, to the tick above the highest. An empty list gives an axis from 0 to 1. */
export function scaleFor(values: readonly number[], quantity: Quantity): Scale {
  const start = Math.min(0, least(values));
  return scaleBetween(start, Math.max(start, greatest(values)), quantity, true);
}

/** Ends where the values end, and begins at zero only where they begin near it. */
export function tightScaleFor(values: readonly number[], quantity: Quantity): Scale {
  const low = least(values);
  const high = greatest(values);
  return scaleBetween(low > 0 && low < high / 2 ? 0 : low, high, quantity, false);
}

function scaleBetween(low: number, high: number, quantity: Quantity, toTicks: boolean): Scale {
  const end = high > low ? high : low + unitFor(quantity, high).size;
  const unit = unitFor(quantity, Math.max(Math.abs(low), Math.abs(end)));
  const rough = (end - low) / INTERVALS / unit.size;
  const interval = niceStep(rough, quantity, unit.symbol) * unit.size;
  const first = toTicks ? Math.floor(low / interval) : Math.ceil(low / interval);
  const last = toTicks ? Math.ceil(end / interval) : Math.floor(end / interval);
  return {
    min: toTicks ? first * interval : low,
    max: toTicks ? last * interval : end,
    interval,
    ticks: Array.from({ length: last - first + 1 }, (_, index) => (first + index) * interval),
    label: (value) => readable(value, quantity, unit),
  };
}

function niceStep(rough: number, quantity: Quantity, symbol: string): number {
  if (symbol === 's') {
    const step = CLOCK_STEPS.find((each) => each >= rough);
    if (rough > 0.5 && step !== undefined) return step;
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (DECIMAL_STEPS.find((each) => each * power >= rough * 0.999) ?? 10) * power;
  return quantity === 'count' || symbol === 'B' ? Math.max(1, Math.ceil(step)) : step;
}

/** 0 for none. A spread into Math.min would overflow the stack. */
function least(values: readonly number[]): number {
  return values.reduce((least, each) => Math.min(least, each), values[0] ?? 0);
}

function greatest(values: readonly number[]): number {
  return values.reduce((greatest, each) => Math.max(greatest, each), values[0] ?? 0);
}
