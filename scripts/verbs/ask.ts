/** How a verb asks: with clack's prompts in a terminal; without one each question names the argument that answers it. */
import { autocomplete, confirm, isCancel, select, text } from '@clack/prompts';
import { Cancelled, Refusal } from './refusal.ts';

/** With more than these a list is searched by typing. */
const SHORT_LIST = 8;

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

interface Question {
  readonly message: string;
  /** What to type where nobody can be asked, such as `LOCATION=swedencentral`. */
  readonly argument: string;
}

export interface ConfirmQuestion extends Question {
  /** What Enter alone says; no by default. */
  readonly initial?: boolean;
}

export interface ChoiceQuestion extends Question {
  readonly options: readonly Option[];
  readonly initial: string | null;
}

export interface TextQuestion extends Question {
  readonly initial: string;
  readonly placeholder?: string;
  /** What is wrong with an answer, or null. */
  readonly fault: (answer: string) => string | null;
}

/** Each rejects with `Cancelled` on Ctrl-C, and with `Refusal` where nobody can be asked. */
export interface Ask {
  choice(question: ChoiceQuestion): Promise<string>;
  text(question: TextQuestion): Promise<string>;
  confirm(question: ConfirmQuestion): Promise<boolean>;
}

/** Prompts on the terminal. */
export function terminalAsk(): Ask {
  return {
    async choice({ message, options, initial }) {
      const settings = {
        message,
        options: [...options],
        maxItems: SHORT_LIST + 2,
        ...(initial !== null && { initialValue: initial }),
      };
      const long = options.length > SHORT_LIST;
      return answered(
        long
          ? await autocomplete({ ...settings, placeholder: 'Type to search' })
          : await select(settings),
      );
    },
    async text({ message, initial, placeholder, fault }) {
      const answer = answered(
        await text({
          message,
          initialValue: initial,
          ...(placeholder !== undefined && { placeholder }),
          validate: (value) => fault((value ?? '').trim()) ?? undefined,
        }),
      );
      // An empty answer comes as undefined.
      return (answer ?? '').trim();
    },
    async confirm({ message, initial = false }) {
      return answered(await confirm({ message, initialValue: initial }));
    },
  };
}

/** Without a terminal every question is a refusal: a pipe must neither hang nor be taken for a yes. */
export function nobodyToAsk(verb: string): Ask {
  const refuse = ({ message, argument }: Question): never => {
    throw new Refusal(
      `${message} Nobody can be asked, as this is no terminal: make ${verb} ${argument}`,
    );
  };
  return {
    choice: async (question) => refuse(question),
    text: async (question) => refuse(question),
    confirm: async (question) => refuse(question),
  };
}

function answered<Value>(value: Value): Exclude<Value, symbol> {
  if (isCancel(value)) throw new Cancelled();
  return value as Exclude<Value, symbol>;
}
