/** Sets variables in a file such as .env and leaves every other line as it is; the file is replaced as a whole. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { parseEnv } from 'node:util';
import { textEntries } from './json.ts';
import { Refusal } from './refusal.ts';

const OWNER_ONLY = 0o600;
const PLAIN = /^[\w@%+=:,./-]*$/;

export type Variables = Readonly<Record<string, string>>;

/** The text with the variables set: in place where they are, else at the end. The last of several lines counts. */
export function merged(text: string, variables: Variables): string {
  const newline = /\r\n/.test(text) ? '\r\n' : '\n';
  const lines = text.split('\n');
  const missing: string[] = [];
  for (const [name, value] of Object.entries(variables)) {
    const index = lines.findLastIndex((line) => nameOn(line) === name);
    if (index === -1) {
      missing.push(`${name}=${quoted(value)}${newline}`);
      continue;
    }
    const line = lines[index] ?? '';
    const start = /^\s*(?:export\s+)?/.exec(line)?.[0] ?? '';
    lines[index] = `${start}${name}=${quoted(value)}${line.endsWith('\r') ? '\r' : ''}`;
  }
  const whole = lines.join('\n');
  const gap = missing.length === 0 || whole === '' || whole.endsWith('\n') ? '' : newline;
  return whole + gap + missing.join('');
}

/** What the file says; empty where there is none. Throws `Refusal` where it cannot be read. */
export function readVariables(path: string): Variables {
  return refusing(path, () => textEntries(parseEnv(textOf(path))));
}

/** Nobody but the owner can read the file afterwards. A symlink stays one. Throws `Refusal` where it cannot be written. */
export function setVariables(path: string, variables: Variables): void {
  refusing(path, () => {
    const target = existsSync(path) ? realpathSync(path) : path;
    const before = textOf(target);
    const after = merged(before, variables);
    if (after === before && existsSync(target)) chmodSync(target, OWNER_ONLY);
    else replace(target, after);
  });
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function replace(target: string, text: string): void {
  const fresh = `${target}.${process.pid}.new`;
  const file = openSync(fresh, 'wx', OWNER_ONLY);
  try {
    writeSync(file, text);
    fsyncSync(file);
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function refusing<Value>(path: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Refusal(
      `${path} cannot be read or written (${code}). Mend that, then type the same again.`,
      { cause: error },
    );
  }
}

function nameOn(line: string): string | null {
  return /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=/.exec(line)?.[1] ?? null;
}

function quoted(value: string): string {
  return PLAIN.test(value) ? value : `'${value}'`;
}
