/** Faults on purpose, for tests and demonstrations: wraps an engine so that it leaks, crashes, hangs or dawdles. */
import type { Engine } from './engine.ts';

export interface Faults {
  /** Bytes of native memory kept for ever by each request. */
  readonly leakBytes: number;
  /** Share of requests, 0..1, that kill the process they run in. */
  readonly crashRate: number;
  /** Share of requests, 0..1, that never return and never yield. */
  readonly hangRate: number;
  /** Seconds each request waits before it starts. */
  readonly slowSeconds: number;
}

const NO_FAULTS: Faults = { leakBytes: 0, crashRate: 0, hangRate: 0, slowSeconds: 0 };

/** Parses `leak:260MB,crash:0.1,hang:0.05,slow:2s`. Throws an Error that names the part it cannot read. */
export function parseFaults(text: string): Faults {
  return text
    .split(',')
    .reduce<Faults>((faults, part) => ({ ...faults, ...parsePart(part.trim()) }), NO_FAULTS);
}

function parsePart(part: string): Partial<Faults> {
  const [, name, number, unit] = /^(leak|crash|hang|slow):(\d+(?:\.\d+)?)(MB|s)?$/.exec(part) ?? [];
  const value = Number(number);
  if (name === 'leak' && unit === 'MB') return { leakBytes: value * 1024 * 1024 };
  if (name === 'slow' && unit === 's') return { slowSeconds: value };
  if (name === 'crash' && unit === undefined && value <= 1) return { crashRate: value };
  if (name === 'hang' && unit === undefined && value <= 1) return { hangRate: value };
  throw new Error(`unreadable fault "${part}"`);
}

/** The same engine with the faults in front of every transcription. */
export function withFaults(engine: Engine, faults: Faults): Engine {
  const leaked: Buffer[] = [];
  return {
    id: engine.id,
    support: engine.support,
    load: () => engine.load(),
    close: () => engine.close(),
    async *transcribe(source, options, signal) {
      // Filled, so that the pages are really taken and not only promised.
      if (faults.leakBytes > 0) leaked.push(Buffer.alloc(faults.leakBytes, 1));
      if (Math.random() < faults.crashRate) process.kill(process.pid, 'SIGKILL');
      if (Math.random() < faults.hangRate) for (;;);
      if (faults.slowSeconds > 0) await abortableDelay(faults.slowSeconds * 1000, signal);
      yield* engine.transcribe(source, options, signal);
    },
  };
}

function abortableDelay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
