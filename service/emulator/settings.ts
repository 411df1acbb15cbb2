/** The only reader of the environment here: what the stand-alone emulator is told. */
import type { EmulatorOptions } from './options.ts';

const DEFAULT_PORT = 5010;
const ENGINES = ['script', 'moonshine-tiny'] as const;

/** Throws an Error that names the variable, its value and what is possible. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): EmulatorOptions {
  const spokenLocale = environment['SPOKEN_LOCALE'] || null;
  return {
    port: whole(environment, 'PORT', DEFAULT_PORT, 0, 65_535),
    delayMs: whole(environment, 'DELAY_MS', 0, 0, 600_000),
    tokenLifetimeSeconds: whole(environment, 'TOKEN_LIFETIME_SECONDS', 3600, 0, 86_400),
    engine: engineOf(environment['ENGINE'] || 'script'),
    ...(spokenLocale !== null && { spokenLocale }),
  };
}

function whole(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: number,
  minimum: number,
  maximum: number,
): number {
  const text = environment[name] || String(fallback);
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new Error(`${name} is "${text}"; it must be a whole number from ${minimum} to ${maximum}.`);
}

function engineOf(text: string): (typeof ENGINES)[number] {
  const engine = ENGINES.find((id) => id === text);
  if (engine !== undefined) return engine;
  throw new Error(`ENGINE is "${text}"; it must be one of ${ENGINES.join(', ')}.`);
}
