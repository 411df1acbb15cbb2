/** What the client wants of a turn: from the address of the websocket and from its `speech.context`. */

export interface Wishes {
  /** The language it names, or null when it is to be identified. */
  readonly language: string | null;
  /** Candidates of language identification; empty when none is asked for. */
  readonly candidates: readonly string[];
  readonly detailed: boolean;
  readonly wordTimes: boolean;
  /** One phrase ends the turn: what `recognizeOnceAsync` asks for. */
  readonly onePhrase: boolean;
}

const DEFAULT_LANGUAGE = 'en-US';
/** What the SDK sends for "any language". */
const ANY_LANGUAGE = 'und';
const MAX_CANDIDATES = 100;

export function wishesOf(query: URLSearchParams, contextJson: string | null): Wishes {
  const context = parse(contextJson);
  const phraseOutput = child(context, 'phraseOutput');
  const phraseDetection = child(context, 'phraseDetection');
  const options = child(phraseOutput, 'detailed')['options'];
  const candidates = strings(child(context, 'languageId')['languages']).map((language) =>
    language.toLowerCase() === ANY_LANGUAGE ? DEFAULT_LANGUAGE : language,
  );
  return {
    language: candidates.length > 0 ? null : languageOf(query, phraseDetection),
    candidates,
    detailed: query.get('format') === 'detailed' || sameText(phraseOutput['format'], 'detailed'),
    wordTimes:
      query.get('wordLevelTimestamps') === 'true' || strings(options).includes('WordTimings'),
    onePhrase: sameText(phraseDetection['mode'], 'interactive'),
  };
}

function languageOf(query: URLSearchParams, phraseDetection: Json): string {
  const inContext = phraseDetection['language'];
  return query.get('language') ?? (typeof inContext === 'string' ? inContext : DEFAULT_LANGUAGE);
}

type Json = Readonly<Record<string, unknown>>;

function parse(json: string | null): Json {
  try {
    return asObject(JSON.parse(json ?? '{}'));
  } catch {
    return {};
  }
}

function child(parent: Json, key: string): Json {
  return asObject(parent[key]);
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function strings(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item) => typeof item === 'string').slice(0, MAX_CANDIDATES);
}

function sameText(value: unknown, wanted: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === wanted;
}
