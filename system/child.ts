/** A process that is waited for until it can be used, and that is sure to end. */

const READY_MS = 60_000;
const END_MS = 15_000;
const KEPT_CHARACTERS = 20_000;

export interface Child {
  /** What the pattern found when the process could be used. */
  readonly found: string;
  /** The end of all it wrote. */
  written(): string;
  /** Asks it to end, kills it when it does not. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly command: string[];
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** What it writes once it can be used; the first group becomes `found`. */
  readonly ready: RegExp;
}

/** Rejects with what the process wrote when it ends or dawdles before it is ready. */
export async function startChild({ command, cwd, env, ready }: ChildOptions): Promise<Child> {
  const child = Bun.spawn(command, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const isReady = Promise.withResolvers<string>();
  let text = '';
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-KEPT_CHARACTERS);
      const found = ready.exec(text);
      if (found !== null) isReady.resolve(found[1] ?? '');
    }
  };
  const over = Promise.all([read(child.stdout), read(child.stderr), child.exited]);
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await over;
    clearTimeout(timer);
  };
  const fail = (why: string) => isReady.reject(new Error(`${command[0]} ${why}:\n${text}`));
  const timer = setTimeout(() => fail(`was not ready after ${READY_MS} ms`), READY_MS);
  void over.then(([, , code]) => fail(`ended with code ${code}`));
  try {
    return { found: await isReady.promise, written: () => text, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
