/** Durations as k6 writes them, such as 90s, 10m or 1h30m. Imports nothing. */

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;

/** Seconds, or null for what is no duration; a bare 0 is one. */
export function durationSeconds(text: string): number | null {
  if (text === '0') return 0;
  if (!WHOLE.test(text)) return null;
  let seconds = 0;
  for (const [, number, unit] of text.matchAll(PART)) {
    seconds += Number(number) * (SECONDS[unit ?? ''] ?? 0);
  }
  return seconds;
}
