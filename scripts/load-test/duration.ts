/** How long a load test will take. */
import { durationSeconds } from '../../k6/lib/durations.ts';
import { scenarioFor } from '../../k6/lib/scenarios.ts';
import type { Settings } from '../../k6/lib/settings.ts';

/** Seconds until the last request is sent; answers may take `gracefulStop` longer. */
export function plannedSeconds(settings: Settings): number {
  return scenarioFor(settings).stages.reduce(
    (sum, { duration }) => sum + (durationSeconds(duration) ?? 0),
    0,
  );
}

/** Such as 1:05 or 1:02:05. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}
