/** A repository, a home, a PATH of fake programs and a person who answers: all that a verb meets, and nothing of this machine. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ask } from '../ask.ts';
import { nobodyToAsk } from '../ask.ts';
import { Cancelled } from '../refusal.ts';
import { plainSay } from '../say.ts';
import type { Session } from '../session.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');

/** What a person answers to the question that holds a text; `cancel` is Ctrl-C. */
export type Answers = readonly (readonly [string, string | boolean])[];

export interface Place {
  readonly root: string;
  readonly home: string;
  /** Of the fake programs. */
  readonly state: string;
  readonly bin: string;
  readonly env: Record<string, string>;
  /** With answers, there is a person; without, nobody. */
  session(options?: { readonly yes?: boolean; readonly answers?: Answers }): Session;
  /** All that was said, to both streams. */
  said(): string;
  /** Of the fake programs, such as `az account show -o json`. */
  calls(): readonly string[];
  asked(): readonly string[];
  /** Milliseconds that were waited for. */
  waited(): number;
  /** Of the repository, or null. */
  read(path: string): string | null;
  write(path: string, text: string): void;
  /** Paths that hang on what was written: configuration, keys, env files, state. */
  written(): readonly string[];
  remove(): void;
}

/** `verb` is who says that nobody can be asked. */
export function createPlace(verb: string): Place {
  const directory = mkdtempSync(join(tmpdir(), 'stt-verb-'));
  const [root, home, state, bin] = ['repository', 'home', 'state', 'bin'].map((name) => {
    mkdirSync(join(directory, name));
    return join(directory, name);
  }) as [string, string, string, string];
  mkdirSync(join(root, 'stacks/config'), { recursive: true });
  symlinkSync(join(REPOSITORY, 'samples'), join(root, 'samples'));

  let text = '';
  let nowMs = 0;
  const asked: string[] = [];
  const output = { write: (chunk: string) => (text += chunk) };
  const env: Record<string, string> = { PATH: `${bin}:/usr/bin:/bin`, HOME: home };
  return {
    root,
    home,
    state,
    bin,
    env,
    session: ({ yes = false, answers } = {}) => ({
      root,
      env,
      yes,
      terminal: false,
      ask: answers === undefined ? nobodyToAsk(verb) : scripted(answers, asked),
      say: plainSay(output, output),
      clock: {
        now: () => nowMs,
        sleep: async (milliseconds) => void (nowMs += milliseconds),
      },
    }),
    said: () => text,
    calls: () =>
      existsSync(join(state, 'calls'))
        ? readFileSync(join(state, 'calls'), 'utf8').trimEnd().split('\n')
        : [],
    asked: () => asked,
    waited: () => nowMs,
    read: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null),
    write: (path, content) => writeFileSync(join(root, path), content),
    written: () =>
      [
        ...new Bun.Glob('**/*').scanSync({ cwd: root, dot: true }),
        ...new Bun.Glob('**/*').scanSync({ cwd: home, dot: true }),
      ].filter((path) => !path.startsWith('samples')),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Each answer once, to the first question that holds its text; a question without one fails the test. */
function scripted(answers: Answers, asked: string[]): Ask {
  const left = [...answers];
  const answer = (message: string): string | boolean => {
    asked.push(message);
    const index = left.findIndex(([part]) => message.includes(part));
    if (index === -1) throw new Error(`Nobody was to ask: ${message}`);
    const [[, value = '']] = left.splice(index, 1) as [[string, string | boolean]];
    if (value === 'cancel') throw new Cancelled();
    return value;
  };
  return {
    choice: async ({ message, options, initial }) => {
      const value = answer(message);
      const chosen = value === true ? (initial ?? '') : String(value);
      if (!options.some((option) => option.value === chosen)) {
        throw new Error(`${chosen} is no option of: ${message}`);
      }
      return chosen;
    },
    text: async ({ message, initial, fault }) => {
      const value = answer(message);
      const typed = value === true ? initial : String(value);
      const wrong = fault(typed);
      if (wrong !== null) throw new Error(`${message} does not take ${typed}: ${wrong}`);
      return typed;
    },
    confirm: async ({ message }) => answer(message) === true,
  };
}
