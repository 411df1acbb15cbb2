/** Turns what az or Pulumi said as it failed into a sentence with the next command. */
import { AzError } from './az.ts';
import { explain } from './explain.ts';
import type { Facts } from '../verbs/explain.ts';
import { orRefuse } from '../verbs/or-refuse.ts';
import { PulumiError } from '../verbs/pulumi.ts';

const SHOWN_CHARACTERS = 600;

/** The sentence for an error of az or Pulumi, or null for any other. */
export function sentenceFor(error: unknown, facts: Facts = {}): string | null {
  if (!(error instanceof AzError) && !(error instanceof PulumiError)) return null;
  const who = error instanceof AzError ? 'az' : 'pulumi';
  const said = `${who} says: ${error.message.slice(0, SHOWN_CHARACTERS)}`;
  const known = explain(error.text, facts);
  return known === null
    ? `${said}\nType: the same again; if that stays, search for this text.`
    : `${said}\n${known}`;
}

/** Does something, and rejects with `Refusal` where az or Pulumi fail; `then` says what holds afterwards. */
export function explained<Value>(
  facts: Facts,
  then: string,
  act: () => Promise<Value>,
): Promise<Value> {
  return orRefuse((error) => sentenceFor(error, facts), then, act);
}
