/** Options that are on or off. */
import { Refusal } from '../verbs/refusal.ts';

/** `typed` is the value of the option, null where it was not typed. Throws `Refusal` for anything but on or off. */
export function isOn(option: string, typed: string | null): boolean {
  if (typed === null || /^(0|false|no)$/i.test(typed)) return false;
  if (/^(1|true|yes)$/i.test(typed)) return true;
  throw new Refusal(`${option}=${typed} cannot be: it is 1 or left out.`);
}

/** A whole number in a range, or what holds where it was not typed. Throws `Refusal`. */
export function wholeNumber(
  option: string,
  typed: string | null,
  { fallback, least, most }: { fallback: number; least: number; most: number },
): number {
  if (typed === null) return fallback;
  const number = /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Refusal(
    `${option}=${typed} cannot be: it is a whole number from ${least} to ${most}, such as ${fallback}.`,
  );
}
