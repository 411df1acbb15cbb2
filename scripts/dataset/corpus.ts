/** What is published of LibriSpeech test-clean, and where things are put. */
import { join } from 'node:path';

export interface Corpus {
  readonly source: string;
  readonly licence: string;
  /** In the archive and in the cache, such as test-clean of LibriSpeech/test-clean/61/70968/61-70968-0000.flac. */
  readonly part: string;
  /** Of the archive, as published. */
  readonly bytes: number;
  /** Of the archive, as published, in lower-case hexadecimal. */
  readonly md5: string;
  readonly utterances: number;
  /** What the recordings take on a disk, rounded up. */
  readonly unpackedBytes: number;
  /** URLs of the archive, in the order in which they are tried. */
  readonly mirrors: readonly string[];
}

export const TEST_CLEAN: Corpus = {
  source: 'LibriSpeech test-clean',
  licence: 'CC BY 4.0',
  part: 'test-clean',
  bytes: 346_663_984,
  md5: '32fa31d27d2e1cad72775fee3f4849a9',
  utterances: 2620,
  unpackedBytes: 380_000_000,
  mirrors: [
    'https://www.openslr.org/resources/12/test-clean.tar.gz',
    'https://openslr.trmal.net/resources/12/test-clean.tar.gz',
    'https://openslr.elda.org/resources/12/test-clean.tar.gz',
    'https://us.openslr.org/resources/12/test-clean.tar.gz',
  ],
};

export interface Places {
  readonly cache: string;
  /** Its checksum was right when it got this name. */
  readonly archive: string;
  /** As much of the archive as has come. */
  readonly part: string;
  /** The recording that is being written. */
  readonly recording: string;
  /** The recordings, as <speaker>/<chapter>/<id>.flac. */
  readonly tree: string;
  /** All that is known of every recording of the archive. */
  readonly index: string;
  readonly lock: string;
  readonly list: string;
}

/** `root` is that of the repository. */
export function placesOf(root: string, { part }: Pick<Corpus, 'part'>): Places {
  const cache = join(root, '.cache/librispeech');
  return {
    cache,
    archive: join(cache, `${part}.tar.gz`),
    part: join(cache, `${part}.tar.gz.part`),
    recording: join(cache, 'recording.part'),
    tree: join(cache, part),
    index: join(cache, `${part}.json`),
    lock: join(cache, 'lock'),
    list: join(root, 'samples/audio-files.json'),
  };
}
