/** Forms of a configuration's values, which Pulumi gives as text; an empty one counts as left out. */
import { z } from 'zod';
import { ENGINE_IDS } from '../../service/src/contract.ts';

/** Comma-separated. */
export const list = z
  .string()
  .optional()
  .transform((value) => (value ?? '').split(',').flatMap((part) => part.trim() || []));

export const whole = (fallback: number, minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum))
    .optional()
    .transform((value) => value ?? fallback)
    .describe(`a whole number from ${minimum} to ${maximum}`);

/** `unit` is the whole form; what stands before its letters is the number. */
export const decimal = (unit: RegExp, fallback: number, what: string) =>
  z
    .string()
    .regex(unit)
    .transform(Number.parseFloat)
    .optional()
    .transform((value) => value ?? fallback)
    .describe(what);

export const flag = z
  .enum(['true', 'false'])
  .optional()
  .transform((value) => value === 'true')
  .describe('true or false');

export const engine = z.enum(ENGINE_IDS).describe(`one of ${ENGINE_IDS.join(', ')}`);

/** An object of environment variables as JSON, which is how Pulumi hands an object on. */
export const variables = z
  .string()
  .transform((value, context) => parseObject(value) ?? issue(context))
  .optional()
  .transform((value) => value ?? {})
  .describe('an object of variables, such as {"LOG_LEVEL":"debug"}');

/** Names and strings alone: numbers and flags are as good in quotes, and look the same in the container. */
function parseObject(text: string): Record<string, string> | null {
  try {
    const parsed = z
      .record(
        z.string().regex(/^[A-Z][A-Z0-9_]*$/),
        z.union([z.string(), z.number(), z.boolean()]).transform(String),
      )
      .safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function issue(context: z.RefinementCtx): never {
  context.addIssue({ code: 'custom' });
  return z.NEVER;
}
