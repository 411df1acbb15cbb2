/** Finds the loops a greedy decoder falls into when the audio holds no words or too many. */

export interface RepetitionLimits {
  /** Longest repeated phrase that is looked for, in tokens. */
  readonly longestPhrase: number;
  /** A phrase of `n` tokens said this often in a row is a loop, for n ≥ 3. */
  readonly repeats: number;
  /** The same for phrases of one or two tokens: "no, no, no, no" is still speech. */
  readonly shortPhraseRepeats: number;
}

export const REPETITION_LIMITS: RepetitionLimits = {
  longestPhrase: 24,
  repeats: 4,
  shortPhraseRepeats: 8,
};

/**
 * Length of the prefix that is worth keeping when the tokens end in a loop, which is everything up to and
 * including the first round; `null` while they do not.
 */
export function loopStart(
  tokens: readonly number[],
  limits: RepetitionLimits = REPETITION_LIMITS,
): number | null {
  for (let phrase = 1; phrase <= limits.longestPhrase; phrase++) {
    const repeats = phrase < 3 ? limits.shortPhraseRepeats : limits.repeats;
    const looped = phrase * repeats;
    if (tokens.length < looped) continue;
    if (endsInRounds(tokens, phrase, looped)) return tokens.length - looped + phrase;
  }
  return null;
}

function endsInRounds(tokens: readonly number[], phrase: number, looped: number): boolean {
  for (let index = tokens.length - looped + phrase; index < tokens.length; index++) {
    if (tokens[index] !== tokens[index - phrase]) return false;
  }
  return true;
}
