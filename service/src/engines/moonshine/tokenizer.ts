/** Token ids to text: Moonshine speaks the Llama vocabulary plus 768 markers of its own, which carry no text. */

import llamaTokenizer from 'llama-tokenizer-js';

export const START_TOKEN = 1;
export const END_TOKEN = 2;

const LLAMA_VOCABULARY_SIZE = 32_000;

/** Text of a token sequence without its leading space. Byte tokens are joined to UTF-8; markers are dropped. */
export function textOf(tokens: readonly number[]): string {
  const spoken = tokens.filter((token) => token > END_TOKEN && token < LLAMA_VOCABULARY_SIZE);
  return llamaTokenizer.decode(spoken, false, false).trim();
}
