/** Reads recordings in k6's init stage: the list is shared by all virtual users, of the audio each has its share. */
import { SharedArray } from 'k6/data';
import { besideList, parseList, shareOf, USUAL_LISTS } from './recordings.ts';
import type { Recording } from './recordings.ts';

export interface Loaded extends Recording {
  readonly audio: ArrayBuffer;
}

export interface Share {
  /** As it was named, or the usual one that is there. */
  readonly list: string;
  readonly recordings: readonly Loaded[];
}

const ROOT = '../../';

/** `named` is a path from the root of the repository, or an absolute one; empty for the usual lists. */
export function loadShare(named: string, vu: number, vus: number): Share {
  const list = named === '' ? usualList() : named;
  const file = fromRoot(list);
  const recordings = new SharedArray<Recording>('recordings', () => parseList(open(file), list));
  const load = (index: number): Loaded => {
    const recording = recordings[index];
    if (recording === undefined) throw new Error(`${list} has no entry ${index}`);
    return { ...recording, audio: open(besideList(file, recording.path), 'b') };
  };
  // k6 lets users open only what was opened before there were any, when `vu` is 0.
  if (vu === 0) {
    for (let index = 0; index < recordings.length; index += 1) load(index);
    return { list, recordings: [] };
  }
  return { list, recordings: shareOf(vu, vus, recordings.length).map(load) };
}

function usualList(): string {
  const [first, fallback] = USUAL_LISTS;
  try {
    open(fromRoot(first));
    return first;
  } catch {
    return fallback;
  }
}

function fromRoot(path: string): string {
  return path.startsWith('/') ? path : import.meta.resolve(ROOT + path).replace(/^file:\/\//, '');
}
