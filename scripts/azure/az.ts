/** `az` with a list of arguments: its JSON as a value, its errors as a code and a sentence. */
import { MissingProgram, run } from '../verbs/programs.ts';
import type { Outcome } from '../verbs/programs.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Session } from '../verbs/session.ts';

export interface Az {
  /** What `az … -o json` prints, null where it prints nothing. Rejects with `AzError`. */
  (parts: readonly string[]): Promise<unknown>;
  /** Shows what `az` says as it comes. Rejects with `AzError`. */
  streamed(parts: readonly string[], cwd?: string): Promise<void>;
}

/** What `az` said as it failed. */
export class AzError extends Error {
  override readonly name = 'AzError';

  /** Such as AuthorizationFailed or AADSTS700082; empty where `az` gave none. */
  readonly code: string;
  /** All of it. */
  readonly text: string;

  constructor(code: string, text: string) {
    super(firstSentence(text));
    this.code = code;
    this.text = text;
  }
}

const SETTINGS = {
  AZURE_CORE_NO_COLOR: 'true',
  // Some commands live in an extension; az would stop and ask whether to fetch it.
  AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'yes_without_prompt',
};

/** Works in the subscription that `az` has chosen: not every command takes another. */
export function createAz(session: Session): Az {
  const { root, env, say } = session;
  const call = async (parts: readonly string[]): Promise<unknown> => {
    const outcome = await runAz([...parts, '-o', 'json'], {
      cwd: root,
      env: { ...env, ...SETTINGS, AZURE_CORE_ONLY_SHOW_ERRORS: 'true' },
    });
    if (outcome.exitCode !== 0) throw azError(outcome);
    return parsed(outcome.stdout, parts);
  };
  const streamed = async (parts: readonly string[], cwd = root): Promise<void> => {
    const outcome = await runAz([...parts, '-o', 'none'], {
      cwd,
      env: { ...env, ...SETTINGS },
      show: (chunk) => say.stream(chunk),
    });
    if (outcome.exitCode !== 0) throw azError(outcome);
  };
  return Object.assign(call, { streamed });
}

/** The same with a value for what `az` does not know; other errors go on. */
export async function orElse<Value>(
  answer: Promise<unknown>,
  isThis: (error: AzError) => boolean,
  value: Value,
): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AzError && isThis(error)) return value;
    throw error;
  }
}

async function runAz(
  parts: readonly string[],
  options: Parameters<typeof run>[2],
): Promise<Outcome> {
  try {
    return await run('az', parts, options);
  } catch (error) {
    if (error instanceof MissingProgram) throw new Refusal(AZ_IS_MISSING);
    throw error;
  }
}

export const AZ_IS_MISSING =
  'az, the Azure CLI, is not on PATH. Install it (https://aka.ms/azure-cli; brew install azure-cli on macOS), then run the same again.';

function azError({ stdout, stderr }: Outcome): AzError {
  // What a failing build tells is in its log.
  const text = `${stderr.trim()}\n${stdout.slice(-LOG_TAIL_CHARACTERS).trim()}`.trim();
  return new AzError(codeOf(text), text || 'az failed and said nothing');
}

const LOG_TAIL_CHARACTERS = 8000;
const CODES = [/\((?<code>[A-Z][A-Za-z]{4,})\)/, /^Code: (?<code>\w+)/m, /(?<code>AADSTS\d+)/];

function codeOf(text: string): string {
  for (const pattern of CODES) {
    const code = pattern.exec(text)?.groups?.['code'];
    if (code !== undefined) return code;
  }
  return '';
}

function firstSentence(text: string): string {
  const line =
    text.split('\n').find((each) => each.startsWith('ERROR')) ?? text.split('\n')[0] ?? '';
  return line.replace(/^ERROR:\s*/, '').trim();
}

function parsed(stdout: string, parts: readonly string[]): unknown {
  if (stdout.trim() === '') return null;
  try {
    return JSON.parse(stdout) as unknown;
  } catch {
    throw new AzError('', `az ${parts.join(' ')} answered with something that is no JSON`);
  }
}
