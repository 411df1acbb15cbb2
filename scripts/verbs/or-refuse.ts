/** Turns the errors that a verb can explain into refusals. */
import { Refusal } from './refusal.ts';

/**
 * Does something. Rejects with `Refusal` where `sentenceFor` has a sentence for the error, followed by `then`, which says
 * what holds afterwards; with the error itself where it has none.
 */
export async function orRefuse<Value>(
  sentenceFor: (error: unknown) => string | null,
  then: string,
  act: () => Promise<Value>,
): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    const sentence = sentenceFor(error);
    throw sentence === null ? error : new Refusal(`${sentence}\n${then}`, { cause: error });
  }
}
