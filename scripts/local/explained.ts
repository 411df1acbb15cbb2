/** Turns what minikube, kubectl or Pulumi said as it failed into a sentence with the next command. */
import { orRefuse } from '../verbs/or-refuse.ts';
import { PulumiError } from '../verbs/pulumi.ts';
import { explain } from './explain.ts';
import { ProgramError } from './program-error.ts';

const SHOWN_CHARACTERS = 600;

/** The sentence for an error of one of them, or null for any other; `more` is what else tells the cause. */
export function sentenceFor(verb: string, error: unknown, more = ''): string | null {
  if (!(error instanceof ProgramError) && !(error instanceof PulumiError)) return null;
  const who = error instanceof ProgramError ? error.program : 'pulumi';
  const said = `${who} says: ${error.message.slice(0, SHOWN_CHARACTERS)}`;
  // What the cluster says tells more than that something did not become ready in time.
  const known = explain(more, verb) ?? explain(error.text, verb);
  return known === null
    ? `${said}\nType: make ${verb}; if that stays, search for this text.`
    : `${said}\n${known}`;
}

/** Does something, and rejects with `Refusal` where one of the programs fails; `then` says what holds afterwards. */
export function explained<Value>(
  verb: string,
  then: string,
  act: () => Promise<Value>,
): Promise<Value> {
  return orRefuse((error) => sentenceFor(verb, error), then, act);
}
