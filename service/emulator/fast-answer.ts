/** The answer of the Fast endpoint, in whole milliseconds. */
import type { ScriptPhrase } from './script.ts';

export function transcription(seconds: number, phrases: readonly ScriptPhrase[], locale: string) {
  return {
    durationMilliseconds: ms(seconds),
    combinedPhrases: [{ text: phrases.map(({ display }) => display).join(' ') }],
    phrases: phrases.map((phrase) => ({
      ...times(phrase),
      text: phrase.display,
      words: phrase.words.map((word) => ({ text: word.word, ...times(word) })),
      locale,
      confidence: phrase.confidence,
    })),
  };
}

function times({ start, end }: { readonly start: number; readonly end: number }) {
  return { offsetMilliseconds: ms(start), durationMilliseconds: ms(end - start) };
}

function ms(seconds: number): number {
  return Math.round(seconds * 1000);
}
