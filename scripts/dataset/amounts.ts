/** Amounts as people read them. */

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;

/** Such as 346.7 MB. */
export function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const digits = power === 0 ? 0 : 1;
  return `${(bytes / 1000 ** power).toFixed(digits)} ${UNITS[power]}`;
}

/** Such as 2,620. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** Such as 1 recording, or 2,620 recordings. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Such as 5.4 hours, or 42 seconds. */
export function duration(seconds: number): string {
  if (seconds >= 3600) return `${(seconds / 3600).toFixed(1)} hours`;
  return seconds >= 60 ? `${(seconds / 60).toFixed(1)} minutes` : `${Math.round(seconds)} seconds`;
}
