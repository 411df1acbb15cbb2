/** The bodies of what the service says, with times in ticks of 100 nanoseconds. */
import type { ScriptPhrase } from '../script.ts';
import type { Wishes } from './wishes.ts';

const TICKS_PER_SECOND = 10_000_000;

export function ticks(seconds: number): number {
  return Math.round(seconds * TICKS_PER_SECOND);
}

export function hypothesis(phrase: ScriptPhrase, identified: string | null) {
  return { Text: phrase.lexical, ...times(phrase), ...primaryLanguage(identified) };
}

export function recognized(phrase: ScriptPhrase, wishes: Wishes, identified: string | null) {
  return {
    RecognitionStatus: 'Success',
    ...times(phrase),
    ...primaryLanguage(identified),
    Channel: 0,
    DisplayText: phrase.display,
    ...(wishes.detailed && { NBest: [best(phrase, wishes)] }),
  };
}

function best(phrase: ScriptPhrase, { wordTimes }: Wishes) {
  return {
    Confidence: phrase.confidence,
    Lexical: phrase.lexical,
    ITN: phrase.lexical,
    MaskedITN: phrase.lexical,
    Display: phrase.display,
    ...(wordTimes && {
      Words: phrase.words.map((word) => ({ Word: word.word, ...times(word) })),
    }),
  };
}

export function silence(seconds: number) {
  return { RecognitionStatus: 'InitialSilenceTimeout', Offset: 0, Duration: ticks(seconds) };
}

export function endOfDictation(seconds: number) {
  return { RecognitionStatus: 'EndOfDictation', Offset: ticks(seconds), Duration: 0 };
}

function times({ start, end }: { readonly start: number; readonly end: number }) {
  return { Offset: ticks(start), Duration: ticks(end - start) };
}

function primaryLanguage(identified: string | null) {
  return identified === null
    ? {}
    : { PrimaryLanguage: { Language: identified, Confidence: 'High' } };
}
