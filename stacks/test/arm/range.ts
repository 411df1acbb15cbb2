/** Whole numbers within what Azure takes. */
import { shown } from './fault.ts';

/** `value` is absent, or a whole number from `least` to `most`. */
export function wholeFaults(
  path: string,
  value: unknown,
  least: number,
  most: number,
): readonly string[] {
  const fits =
    value === undefined ||
    (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most);
  return fits ? [] : [`${path} is ${shown(value)}, and Azure takes ${least} to ${most}`];
}
