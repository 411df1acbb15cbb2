/** What the emulator says by default: a pure function of length and language, so that callers know what to expect. */

const PHRASE_SECONDS = 3;
const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

export interface ScriptWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Times are seconds from the start of the audio. */
export interface ScriptPhrase {
  readonly start: number;
  readonly end: number;
  /** With capitals and punctuation. */
  readonly display: string;
  /** As spoken: lower case, no punctuation. */
  readonly lexical: string;
  readonly confidence: number;
  /** The words of `lexical`. */
  readonly words: readonly ScriptWord[];
}

/**
 * One phrase for each started three seconds. The last one spells the length in hundredths of a second, digit by digit,
 * so that no two recordings of different length have the same text.
 */
export function scriptFor(seconds: number, locale: string): ScriptPhrase[] {
  const count = Math.ceil(seconds / PHRASE_SECONDS);
  return Array.from({ length: count }, (_, index) =>
    index < count - 1 ? middlePhrase(index, locale) : lastPhrase(index, seconds, locale),
  );
}

export function textFor(seconds: number, locale: string): string {
  return scriptFor(seconds, locale)
    .map(({ display }) => display)
    .join(' ');
}

/** The phrases that are certain after so much audio, whatever follows: all that ended, since more was heard after them. */
export function certainPhrases(heardSeconds: number, from: number, locale: string): ScriptPhrase[] {
  const until = Math.ceil(heardSeconds / PHRASE_SECONDS) - 1;
  const count = Math.max(0, until - from);
  return Array.from({ length: count }, (_, index) => middlePhrase(from + index, locale));
}

function middlePhrase(index: number, locale: string): ScriptPhrase {
  const start = index * PHRASE_SECONDS;
  return phrase(
    index,
    start,
    start + PHRASE_SECONDS,
    `Part ${spell(index + 1)} in ${locale} goes on,`,
  );
}

function lastPhrase(index: number, seconds: number, locale: string): ScriptPhrase {
  const length = spell(Math.round(seconds * 100));
  const sentence = `Part ${spell(index + 1)} in ${locale} ends at ${length}.`;
  return phrase(index, index * PHRASE_SECONDS, seconds, sentence);
}

function spell(number: number): string {
  return Array.from(String(number), (digit) => DIGITS[Number(digit)]).join(' ');
}

function phrase(index: number, start: number, end: number, display: string): ScriptPhrase {
  return {
    start,
    end,
    display,
    confidence: 0.95 - 0.01 * (index % 10),
    ...spoken(display, start, end),
  };
}

/** The words of a sentence as they are spoken, spread evenly over its time. */
export function spoken(
  display: string,
  start: number,
  end: number,
): Pick<ScriptPhrase, 'lexical' | 'words'> {
  const words = display.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  const step = (end - start) / words.length;
  return {
    lexical: words.join(' '),
    words: words.map((word, index) => ({
      word,
      start: start + index * step,
      end: start + (index + 1) * step,
    })),
  };
}
