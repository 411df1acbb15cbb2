/** From raw configuration to typed settings, with every fault at once. */
import { z } from 'zod';

const PREFIX = 'stt:';

/** Thrown when the configuration is wrong; the message lists every fault and how to set the value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

export interface Reading<Shape extends z.ZodRawShape, Settings> {
  /** For the hint how to set a value. */
  readonly stack: string;
  readonly shape: Shape;
  /** Keys whose values are not repeated: a secret may stand there by mistake. */
  readonly unshown: readonly string[];
  /** Faults outside the shape, such as a missing key of another namespace. */
  readonly outside: readonly string[];
  readonly settingsOf: (parsed: z.infer<z.ZodObject<Shape>>) => Settings;
  /** What only the values together show. */
  readonly crossFaults: (settings: Settings) => readonly string[];
}

/** `raw` is what Pulumi knows: full keys and their text. Keys of others are left alone. Throws `SettingsError`. */
export function readSettings<Shape extends z.ZodRawShape, Settings extends object>(
  raw: Readonly<Record<string, string>>,
  reading: Reading<Shape, Settings>,
): Settings {
  const { stack, shape, unshown, outside, settingsOf, crossFaults } = reading;
  const given: Record<string, string> = {};
  const faults: string[] = [];
  for (const [key, value] of Object.entries(raw)) {
    if (!key.startsWith(PREFIX) || value.trim() === '') continue;
    const name = key.slice(PREFIX.length);
    if (name in shape) given[name] = value.trim();
    else faults.push(`${key}: there is no such key; known are ${Object.keys(shape).join(', ')}`);
  }
  faults.push(...outside);
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) {
    const settings = settingsOf(parsed.data);
    const all = [...faults, ...crossFaults(settings)];
    if (all.length === 0) return Object.freeze(settings);
    throw new SettingsError(report(all, stack));
  }
  for (const name of new Set(parsed.error.issues.map(({ path }) => String(path[0])))) {
    const value = unshown.includes(name) ? '…' : (given[name] ?? '');
    const { description } = shape[name] as unknown as z.ZodType;
    faults.push(`${PREFIX}${name}=${value}: must be ${description}`);
  }
  throw new SettingsError(report(faults, stack));
}

function report(faults: readonly string[], stack: string): string {
  const lines = faults.map((fault) => `  ${fault}`).join('\n');
  return `The configuration of the stack has ${faults.length} fault(s):\n${lines}\nSet a value with: pulumi config set -s ${stack} <key> <value>`;
}
