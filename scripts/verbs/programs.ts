/** Runs a program of PATH with a list of arguments, never through a shell, and keeps what it says. */
import { programEnded, programStarted } from './interrupt.ts';
import { Cancelled } from './refusal.ts';
import type { Environment } from './session.ts';

/** Of each stream; the end of a log is what tells. */
const MAX_KEPT_CHARACTERS = 4 * 1024 * 1024;

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Show = (chunk: string, stream: 'stdout' | 'stderr') => void;

export interface RunOptions {
  readonly env: Environment;
  readonly cwd: string;
  /** Secrets and long values go in here, never into the arguments. */
  readonly stdin?: string;
  /** Told what comes, as it comes. */
  readonly show?: Show;
  /** The program draws on the terminal itself; `stdout` is then empty. */
  readonly terminal?: boolean;
}

/** Thrown where PATH has no such program. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';

  constructor(program: string) {
    super(`${program} is not on PATH`);
  }
}

/** Throws `MissingProgram`, and `Cancelled` when Ctrl-C was pressed meanwhile. */
export async function run(
  program: string,
  parts: readonly string[],
  { env, cwd, stdin, show, terminal = false }: RunOptions,
): Promise<Outcome> {
  const path = Bun.which(program, { PATH: env['PATH'] ?? '' });
  if (path === null) throw new MissingProgram(program);
  programStarted();
  let outcome: Outcome;
  let interrupted = false;
  try {
    const child = Bun.spawn([path, ...parts], {
      cwd,
      env: { ...env },
      stdin: stdin === undefined ? (terminal ? 'inherit' : 'ignore') : Buffer.from(stdin),
      stdout: terminal ? 'inherit' : 'pipe',
      stderr: 'pipe',
    });
    const [stdout, stderr, exitCode] = await Promise.all([
      child.stdout instanceof ReadableStream
        ? drain(child.stdout, (chunk) => show?.(chunk, 'stdout'))
        : '',
      drain(child.stderr, (chunk) => show?.(chunk, 'stderr')),
      child.exited,
    ]);
    outcome = { exitCode, stdout, stderr };
  } finally {
    interrupted = programEnded();
  }
  if (interrupted) throw new Cancelled();
  return outcome;
}

async function drain(
  stream: ReadableStream<Uint8Array>,
  show: (chunk: string) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let kept = '';
  for await (const bytes of stream) {
    const chunk = decoder.decode(bytes, { stream: true });
    kept = (kept + chunk).slice(-MAX_KEPT_CHARACTERS);
    show(chunk);
  }
  return kept;
}
