/** Runs a verb from its command line: arguments in, an exit code out, and a sentence for everything that can go wrong. */
import { parseArgs } from 'node:util';
import { nobodyToAsk, terminalAsk } from './ask.ts';
import { realClock } from './countdown.ts';
import { watchInterrupts } from './interrupt.ts';
import { Cancelled, CANCELLED_EXIT_CODE, Refusal } from './refusal.ts';
import { plainSay, terminalSay } from './say.ts';
import type { Session } from './session.ts';

export interface Verb {
  /** As make knows it, such as provision. */
  readonly name: string;
  /** Root of the repository. */
  readonly root: string;
  /** Names of options that take a value, such as location for --location=swedencentral. */
  readonly options: readonly string[];
  /** What holds after Ctrl-C. */
  readonly afterwards: string;
  /** For an error of a program that it runs: what it means and what to type; null for any other. */
  readonly sentenceFor: (error: unknown) => string | null;
  /** An exit code where 0 is not meant. */
  readonly act: (session: Session, typed: Typed) => Promise<number | void>;
}

/** The value of an option, or null where it was not typed, or typed as nothing. */
export type Typed = (option: string) => string | null;

/** 0 or what `act` says, 1 for what a sentence was said about, or 130. */
export async function runVerb(verb: Verb, parts: readonly string[]): Promise<number> {
  const terminal = Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const say = terminal ? terminalSay() : plainSay();
  const stopped = (): number => {
    say.countdownOver();
    say.fail(`Stopped. ${verb.afterwards}`);
    return CANCELLED_EXIT_CODE;
  };
  watchInterrupts(() => process.exit(stopped()));
  try {
    const { yes, typed } = readArguments(verb, parts);
    const ask = terminal ? terminalAsk() : nobodyToAsk(verb.name);
    const { root } = verb;
    const code = await verb.act(
      { root, env: process.env, yes, terminal, ask, say, clock: realClock },
      typed,
    );
    return code ?? 0;
  } catch (error) {
    if (error instanceof Cancelled) return stopped();
    const sentence =
      error instanceof Refusal ? error.message : (verb.sentenceFor(error) ?? fileSentence(error));
    if (sentence === null) throw error;
    say.fail(sentence);
    return 1;
  }
}

function readArguments(
  { name, options }: Verb,
  parts: readonly string[],
): { readonly yes: boolean; readonly typed: Typed } {
  try {
    const { values } = parseArgs({
      args: [...parts],
      options: {
        yes: { type: 'boolean' },
        ...Object.fromEntries(options.map((option) => [option, { type: 'string' as const }])),
      },
    });
    const found: Readonly<Record<string, unknown>> = values;
    return {
      yes: found['yes'] === true,
      typed: (option) => (typeof found[option] === 'string' ? found[option].trim() || null : null),
    };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const all = ['YES=1', ...options.map((option) => `${option.toUpperCase()}=…`)].join(' ');
    throw new Refusal(`${what}. make ${name} takes ${all}`);
  }
}

/** For a file that cannot be read or written; null for anything else. */
function fileSentence(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error)) return null;
  return `${error.message}. Mend that, then type the same again.`;
}
