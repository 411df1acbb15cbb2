/** Settings → the one scenario that k6 runs. */
import type { RampingArrivalRateScenario, RampingVUsScenario, Stage } from 'k6/options';
import { durationSeconds } from './durations.ts';
import type { Settings } from './settings.ts';

/** A spike that takes longer than this to rise is a ramp. */
export const JUMP_SECONDS = 5;
const JUMP = `${JUMP_SECONDS}s`;
/** k6 counts rates in whole iterations for each of these: a minute lets it ask for less than one a second. */
const TIME_UNIT = '1m';
const PER_TIME_UNIT = 60;

export function scenarioFor(settings: Settings): RampingVUsScenario | RampingArrivalRateScenario {
  const { gracefulStop, maxVus, startVus } = settings;
  if (settings.model === 'closed') {
    return {
      executor: 'ramping-vus',
      startVUs: Math.min(startVus, maxVus),
      stages: stages(settings, startVus, maxVus, 0),
      gracefulStop,
      gracefulRampDown: gracefulStop,
    };
  }
  const start = Math.round(settings.startRate * PER_TIME_UNIT);
  const top = Math.round(settings.maxRate * PER_TIME_UNIT);
  return {
    executor: 'ramping-arrival-rate',
    startRate: start,
    timeUnit: TIME_UNIT,
    stages:
      settings.mode === 'spike' ? spike(settings, start, top) : stages(settings, start, top, 0),
    // All at the beginning: a virtual user made in the middle of the peak comes too late for it.
    preAllocatedVUs: maxVus,
    maxVUs: maxVus,
    gracefulStop,
  };
}

function stages(
  { rampUp, steady, rampDown }: Settings,
  start: number,
  top: number,
  end: number,
): Stage[] {
  // Without time to climb, k6 would start at the bottom.
  const climb = durationSeconds(rampUp) === 0 && start !== top ? '1s' : rampUp;
  return lasting([
    { duration: climb, target: top },
    { duration: steady, target: top },
    { duration: rampDown, target: end },
  ]);
}

function spike({ rampUp, steady, rampDown }: Settings, quiet: number, top: number): Stage[] {
  return lasting([
    { duration: rampUp, target: quiet },
    { duration: JUMP, target: top },
    { duration: steady, target: top },
    { duration: JUMP, target: quiet },
    { duration: rampDown, target: quiet },
  ]);
}

function lasting(all: readonly Stage[]): Stage[] {
  return all.filter(({ duration }) => durationSeconds(duration) !== 0);
}
