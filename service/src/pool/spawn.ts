/** The only place that starts a process. */
import { constants } from 'node:os';
import type { ParentMessage } from './protocol.ts';
import { preferAsOomVictim } from './memory.ts';
import { StderrTail } from './stderr-tail.ts';

/** How long after the exit the rest of stderr may still come. */
const STDERR_PATIENCE_MS = 200;

export interface SpawnOptions {
  /** Absolute path of the module that the child runs. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly runtimeFlags: readonly string[];
  readonly stderrTailBytes: number;
  onMessage(message: unknown): void;
  onDisconnect(): void;
  onExit(exitCode: number | undefined, signal: string | undefined): void;
  /** One of the callbacks above threw. */
  onFault(error: unknown): void;
}

export interface ChildProcess {
  readonly pid: number;
  /** @throws when the channel is closed. */
  send(message: ParentMessage): void;
  /** Closes the channel, which asks the child to end. */
  disconnect(): void;
  /** Signals the child and everything it started. Never throws. */
  signalGroup(signal: 'SIGTERM' | 'SIGKILL'): void;
  stderrTail(): string;
  /** The tail once stderr has ended, or shortly after the exit if something holds it open. */
  lastWords(): Promise<string>;
}

/** @throws what the system throws: no such file, too many processes. */
export function spawnChild(options: SpawnOptions): ChildProcess {
  let exited = false;
  const child = Bun.spawn({
    // The same binary on both sides speaks the same wire format. `--no-orphans` ends the child with
    // its parent even while it is busy; a `.env` file is the parent's business.
    cmd: [
      process.execPath,
      '--no-orphans',
      '--no-env-file',
      ...options.runtimeFlags,
      options.entry,
    ],
    env: options.env,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    // Its own process group: a terminal's Ctrl-C does not reach it, and a kill takes its children.
    detached: true,
    serialization: 'json',
    // Not through `guarded`, which would cost a closure per message.
    ipc: (message) => {
      try {
        options.onMessage(message);
      } catch (error) {
        options.onFault(error);
      }
    },
    onDisconnect: () => guarded(() => options.onDisconnect()),
    onExit: (_child, exitCode, signalCode) => {
      // `--no-orphans` covers what the child started through the runtime; this the rest of its group.
      signalGroup('SIGKILL');
      exited = true;
      guarded(() => options.onExit(exitCode ?? undefined, signalName(signalCode)));
    },
  });
  const { pid } = child;
  // Before stderr is read: taken afterwards, the reference would not be given back (Bun 1.4.5).
  child.unref();
  preferAsOomVictim(pid);
  const tail = new StderrTail(options.stderrTailBytes);
  const drained = drain(child.stderr, tail);

  /** A throwing callback would be an uncaught exception in this process. */
  function guarded(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      options.onFault(error);
    }
  }

  function signalGroup(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (exited || pid <= 1) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // No such group: it is gone already, or this system has none.
      child.kill(signal);
    }
  }

  return {
    pid,
    send: (message) => child.send(message),
    disconnect: () => {
      try {
        child.disconnect();
      } catch {
        // Closed already.
      }
    },
    signalGroup,
    stderrTail: () => tail.toString(),
    lastWords: async () => {
      const { promise: patience, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, STDERR_PATIENCE_MS);
      await Promise.race([drained, patience]);
      clearTimeout(timer);
      return tail.toString();
    },
  };
}

/** An unread pipe would be buffered without bound in this process, so it is always read to its end. */
async function drain(stream: ReadableStream<Uint8Array>, tail: StderrTail): Promise<void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      tail.push(value);
    }
  } catch {
    // A pipe that broke has no more to say.
  }
}

function signalName(signal: string | number | null): string | undefined {
  if (typeof signal !== 'number') return signal ?? undefined;
  return (
    Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `${signal}`
  );
}
