/** Shows how far something is: a bar that is rewritten in a terminal, a line every few seconds elsewhere. */
import { minutes } from '../verbs/countdown.ts';
import type { Session } from '../verbs/session.ts';
import { size } from './amounts.ts';

/** With all that stands behind it, the bar fits into 80 columns. */
const BAR_CELLS = 15;
const TERMINAL_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5000;
/** Speed is that of the last seconds, not of the whole. */
const WINDOW_MS = 5000;

export interface Progress {
  /** `bytes` is how many there are by now. */
  at(bytes: number): void;
  over(): void;
}

/** `label` such as Download; `already` bytes of `total` were there before. */
export function createProgress(
  { say, clock, terminal }: Pick<Session, 'say' | 'clock' | 'terminal'>,
  label: string,
  { total, already }: { readonly total: number; readonly already: number },
): Progress {
  const everyMs = terminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS;
  let seen = [{ ms: clock.now(), bytes: already }];
  let shownMs = clock.now();
  return {
    at(bytes) {
      const ms = clock.now();
      if (ms - shownMs < everyMs) return;
      shownMs = ms;
      // Fewer than before: it began anew.
      seen = seen.filter((each) => ms - each.ms <= WINDOW_MS && each.bytes <= bytes);
      const [first = { ms: ms - everyMs, bytes: 0 }] = seen;
      seen.push({ ms, bytes });
      const speed = ((bytes - first.bytes) / (ms - first.ms)) * 1000;
      const text = progressText(label, { total, bytes, speed }, terminal);
      if (terminal) say.countdown(text, ms);
      else say.note(text);
    },
    over() {
      if (terminal) say.countdownOver();
    },
  };
}

/** `speed` in bytes a second. */
export function progressText(
  label: string,
  {
    total,
    bytes,
    speed,
  }: { readonly total: number; readonly bytes: number; readonly speed: number },
  withBar: boolean,
): string {
  const share = total === 0 ? 1 : Math.min(1, bytes / total);
  const full = Math.floor(share * BAR_CELLS);
  const bar = withBar ? `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ` : '';
  const left = speed > 0 ? `, ${minutes((1000 * (total - bytes)) / speed)} left` : '';
  return `${label} ${bar}${Math.floor(share * 100)} %, ${size(bytes)} of ${size(total)}, ${size(speed)}/s${left}`;
}
