/** A repository of its own for the recordings, and the verb in it: in this process or in one of its own. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nobodyToAsk } from '../../verbs/ask.ts';
import { realClock } from '../../verbs/countdown.ts';
import { plainSay } from '../../verbs/say.ts';
import type { Session } from '../../verbs/session.ts';
import type { Patience } from '../archive.ts';
import type { Choices } from '../choices.ts';
import { placesOf } from '../corpus.ts';
import type { Corpus, Places } from '../corpus.ts';
import { generateAudioList } from '../generate.ts';
import type { AudioList } from '../list.ts';

export const HASTE: Patience = { stallMs: 2000, againMs: 1 };

const NOTHING_TYPED: Choices = {
  limit: null,
  from: null,
  any: false,
  mirrors: null,
  keepArchive: false,
};

/** A real full disk, where the system has one. */
export const HAS_FULL_DEVICE = existsSync('/dev/full');

export interface Place {
  readonly root: string;
  readonly places: Places;
  readonly session: Session;
  said(): string;
  generate(corpus: Corpus, choices?: Partial<Choices>, patience?: Patience): Promise<void>;
  /** As make starts it. */
  start(corpus: Corpus, parts?: readonly string[], patience?: Patience): ReturnType<typeof spawn>;
  list(): AudioList | null;
  /** Files of the cache, from there, sorted. */
  cached(): readonly string[];
  write(path: string, content: Uint8Array | string): string;
  remove(): void;
}

export function createPlace(): Place {
  const root = mkdtempSync(join(tmpdir(), 'stt-recordings-'));
  mkdirSync(join(root, 'samples'));
  const places = placesOf(root, { part: 'test-clean' });
  mkdirSync(places.cache, { recursive: true });
  let text = '';
  const output = { write: (chunk: string) => (text += chunk) };
  const session: Session = {
    root,
    env: {},
    yes: false,
    terminal: false,
    ask: nobodyToAsk('generate-audio-list'),
    say: plainSay(output, output),
    clock: realClock,
  };
  return {
    root,
    places,
    session,
    said: () => text,
    generate: (corpus, choices = {}, patience = HASTE) =>
      generateAudioList(session, corpus, { ...NOTHING_TYPED, ...choices }, patience),
    start: (corpus, parts = [], patience = HASTE) =>
      spawn(verbCommand(root, corpus, parts, patience)),
    list: () =>
      existsSync(places.list) ? (JSON.parse(readFileSync(places.list, 'utf8')) as AudioList) : null,
    cached: () => [...new Bun.Glob('**/*').scanSync({ cwd: places.cache, dot: true })].toSorted(),
    write(path, content) {
      writeFileSync(join(root, path), content);
      return join(root, path);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The verb with another corpus and root, as a command line. */
export function verbCommand(
  root: string,
  corpus: Corpus,
  parts: readonly string[],
  patience: Patience,
): readonly string[] {
  const script = join(import.meta.dirname, 'run-verb.ts');
  const facts = JSON.stringify({ root, corpus, patience });
  return [process.execPath, '--no-env-file', script, facts, ...parts];
}

export function spawn(command: readonly string[]) {
  return Bun.spawn([...command], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
}
