/** What was typed after `make generate-audio-list`. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isOn, wholeNumber } from '../local/flag.ts';
import { Refusal } from '../verbs/refusal.ts';
import type { Typed } from '../verbs/verb.ts';
import { readMirrors } from './mirrors.ts';

export const AUDIO_LIST_OPTIONS = ['limit', 'from', 'any', 'mirrors', 'keep_archive'] as const;

export interface Choices {
  /** Null for all recordings. */
  readonly limit: number | null;
  /** An archive that is there already, or null. */
  readonly from: string | null;
  /** Whether it may have another checksum. */
  readonly any: boolean;
  /** Null for those that are known. */
  readonly mirrors: readonly string[] | null;
  readonly keepArchive: boolean;
}

const LIMITS = { fallback: 100, least: 1, most: 1_000_000 };

/** Paths are seen from `directory`. Throws `Refusal`. */
export function readChoices(directory: string, typed: Typed): Choices {
  const limit = typed('limit');
  const from = typed('from');
  const mirrors = typed('mirrors');
  const any = isOn('ANY', typed('any'));
  if (from !== null && mirrors !== null) {
    throw new Refusal('FROM and MIRRORS exclude each other: leave one of them out.');
  }
  if (any && from === null) {
    throw new Refusal(
      'ANY=1 goes with FROM=<file>: a download must have the checksum that is published.',
    );
  }
  return {
    limit: limit === null ? null : wholeNumber('LIMIT', limit, LIMITS),
    from: from === null ? null : resolve(directory, from.replace(/^~(?=\/)/, homedir())),
    any,
    mirrors: mirrors === null ? null : readMirrors(mirrors),
    keepArchive: isOn('KEEP_ARCHIVE', typed('keep_archive')),
  };
}
