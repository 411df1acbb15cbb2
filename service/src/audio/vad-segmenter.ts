/** Turns window-by-window speech probabilities into spans worth transcribing. Pure: knows windows, not samples. */

export interface SegmenterOptions {
  /** Speech begins at this probability … */
  readonly onset: number;
  /** … and goes on until it stays below this one for `minSilence` windows. */
  readonly release: number;
  /** Shorter bursts are clicks and coughs. */
  readonly minSpeech: number;
  readonly minSilence: number;
  /** Speech after a shorter pause than this continues the span: the recogniser uses what it heard before. */
  readonly mergeGap: number;
  /** Longest span; a longer one is cut at its best pause. */
  readonly maxLength: number;
  /** A cut leaves at least this much before it. */
  readonly minCut: number;
}

/** Windows `start` (inclusive) to `end` (exclusive). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Segmenter {
  /** Takes the next window's speech probability and loudness (any monotonic measure) and returns finished spans. */
  push(probability: number, loudness: number): readonly Span[];
  /** The recording is over. */
  finish(): readonly Span[];
  /** First window that a later span can still contain; what lies before it may be forgotten. */
  readonly pendingFrom: number;
}

/** Speech without a pause. */
interface Run {
  readonly start: number;
  end: number;
  /** The beginning was cut off into the span before, so that any length counts. */
  readonly continued: boolean;
}

interface Window {
  readonly probability: number;
  readonly loudness: number;
}

export function createSegmenter(options: SegmenterOptions): Segmenter {
  /** Windows from `base` on; everything before belongs to no open span. */
  let windows: Window[] = [];
  let base = 0;
  let next = 0;
  /** Runs of speech in the open span, the last of which may still be growing. */
  let runs: Run[] = [];
  let speaking = false;

  function push(probability: number, loudness: number): Span[] {
    windows.push({ probability, loudness });
    const index = next++;
    follow(index, probability);
    return runs.length === 0 ? forget() : settle();
  }

  function follow(index: number, probability: number): void {
    const run = runs.at(-1);
    if (!speaking) {
      if (probability < options.onset) return;
      speaking = true;
      runs.push({ start: index, end: index + 1, continued: false });
    } else if (run !== undefined) {
      if (probability >= options.release) run.end = index + 1;
      else if (index + 1 - run.end >= options.minSilence) endRun(run);
    }
  }

  function endRun(run: Run): void {
    speaking = false;
    if (!run.continued && run.end - run.start < options.minSpeech) runs.pop();
  }

  function settle(): Span[] {
    const first = runs[0] as Run;
    const last = runs.at(-1) as Run;
    if (!speaking && next - last.end >= options.mergeGap) return close();
    if (last.end - first.start < options.maxLength) return [];
    return [cut(first.start)];
  }

  function close(): Span[] {
    const spans = runs.length === 0 ? [] : [spanOf(runs)];
    runs = [];
    forget();
    return spans;
  }

  /** Splits the open span at its best pause and leaves the rest open. */
  function cut(start: number): Span {
    const from = start + options.minCut;
    const at = longestPause(runs, from) ?? quietestWindow(from);
    const span = { start, end: Math.min(lastBefore(runs, at).end, at) };
    runs = runs
      .filter((run) => run.end > at)
      .map((run) => (run.start < at ? { start: at, end: run.end, continued: true } : run));
    drop(runs[0]?.start ?? next);
    return span;
  }

  function quietestWindow(from: number): number {
    let best = next - 1;
    let bestLoudness = Number.POSITIVE_INFINITY;
    for (let index = from; index < next - 1; index++) {
      // With its neighbours, so that a pause wins over the closure of a stop consonant.
      const loudness = loudnessAt(index - 1) + 2 * loudnessAt(index) + loudnessAt(index + 1);
      if (loudness < bestLoudness) {
        bestLoudness = loudness;
        best = index;
      }
    }
    return best;
  }

  function loudnessAt(index: number): number {
    return windows[index - base]?.loudness ?? 0;
  }

  function forget(): Span[] {
    drop(next);
    return [];
  }

  function drop(until: number): void {
    windows = windows.slice(until - base);
    base = until;
  }

  return {
    push,
    finish() {
      const run = runs.at(-1);
      if (speaking && run !== undefined) endRun(run);
      return close();
    },
    get pendingFrom() {
      return runs[0]?.start ?? next;
    },
  };
}

function spanOf(runs: readonly Run[]): Span {
  return { start: (runs[0] as Run).start, end: (runs.at(-1) as Run).end };
}

function lastBefore(runs: readonly Run[], window: number): Run {
  return runs.findLast((run) => run.start < window) as Run;
}

/** Window after the longest pause between two runs that ends at `from` or later. */
function longestPause(runs: readonly Run[], from: number): number | null {
  let best: number | null = null;
  let bestLength = 0;
  for (let index = 1; index < runs.length; index++) {
    const pauseStart = (runs[index - 1] as Run).end;
    const pauseEnd = (runs[index] as Run).start;
    if (pauseStart < from || pauseEnd - pauseStart < bestLength) continue;
    best = pauseEnd;
    bestLength = pauseEnd - pauseStart;
  }
  return best;
}
