/** The options of a request, checked against what is configured and what the engine supports. */
import { FIELDS } from '../contract.ts';
import type { EngineId } from '../contract.ts';
import type { EngineSupport } from '../engines/engine.ts';
import { AppError } from '../errors.ts';

export interface TranscriptionOptions {
  readonly engine: EngineId;
  /** Whether the request itself named the engine; then no other may answer. */
  readonly engineNamed: boolean;
  readonly language: string;
}

export interface OptionRules {
  readonly defaultEngine: EngineId;
  readonly engines: readonly EngineId[];
  supportOf(engine: EngineId): EngineSupport;
}

/** Throws `invalid_parameter` for an unknown engine or a malformed tag, `unsupported_language` for a sound tag nobody speaks. */
export function readOptions(
  fields: ReadonlyMap<string, string>,
  rules: OptionRules,
): TranscriptionOptions {
  const named = fields.get(FIELDS.engine)?.trim() || undefined;
  const engine =
    named === undefined ? rules.defaultEngine : rules.engines.find((id) => id === named);
  if (engine === undefined) {
    throw new AppError(
      'invalid_parameter',
      `${FIELDS.engine} is "${printable(named ?? '')}"; allowed: ${rules.engines.join(', ')} (STT_ENGINES).`,
    );
  }
  const given = fields.get(FIELDS.language)?.trim() || 'auto';
  const language = given.toLowerCase() === 'auto' ? 'auto' : canonicalTag(given);
  const support = rules.supportOf(engine);
  if (!understands(support, language)) {
    throw new AppError(
      'unsupported_language',
      `${FIELDS.language} is "${language}"; ${engine} understands: ${support.languages.join(', ')}. Leave it out or send auto.`,
    );
  }
  return { engine, engineNamed: named !== undefined, language };
}

/** `language` is a canonical BCP-47 tag, of which the primary part decides, or `auto`. */
export function understands({ languages }: EngineSupport, language: string): boolean {
  return language === 'auto' || languages.includes(new Intl.Locale(language).language);
}

function canonicalTag(tag: string): string {
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    if (canonical !== undefined) return canonical;
  } catch {
    // Not a tag: the same answer as an empty one.
  }
  throw new AppError(
    'invalid_parameter',
    `${FIELDS.language} is "${printable(tag)}", which is no BCP-47 tag. Send auto, or a tag such as en or en-US.`,
  );
}

function printable(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}
