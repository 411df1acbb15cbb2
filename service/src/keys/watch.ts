/** Says when a file has changed and come to rest, by looking: notifications miss renames, symlinks and network mounts. */
import { realpath, stat } from 'node:fs/promises';

const LOOK_EVERY_MS = 1_000;
/** A file written in place is short of lines for a moment. */
const REST_MS = 100;

export interface WatchOptions {
  readonly lookEveryMs?: number;
  readonly restMs?: number;
}

/** Calls `onChange` once after each change, and once at the first look. Gives the function that ends it. */
export function watchFile(
  path: string,
  onChange: () => void,
  { lookEveryMs = LOOK_EVERY_MS, restMs = REST_MS }: WatchOptions = {},
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  /** As it was when `onChange` was called last, and at the last look. */
  let told: string | null = null;
  let seen: string | null = null;

  async function look(): Promise<void> {
    const now = await stateOf(path);
    if (ended) return;
    const resting = now === seen;
    seen = now;
    if (resting && now !== told) {
      told = now;
      onChange();
    }
    lookIn(now === told ? lookEveryMs : restMs);
  }

  function lookIn(ms: number): void {
    timer = setTimeout(() => void look(), ms);
    timer.unref();
  }

  lookIn(0);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/**
 * Differs whenever the content can: another file behind a symlink (Kubernetes swaps `..data`), another inode (rename),
 * another time or size (written in place), or a file that cannot be seen.
 */
async function stateOf(path: string): Promise<string> {
  try {
    const target = await realpath(path);
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(target, { bigint: true });
    return [target, dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
