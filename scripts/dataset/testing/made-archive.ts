/** An archive of the layout of LibriSpeech, made of this repository's own clips. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Header } from 'tar-stream';
import { pack } from 'tar-stream';
import type { Corpus } from '../corpus.ts';

const SAMPLES = join(import.meta.dirname, '../../../samples');
export const LONG_CLIP = readFileSync(join(SAMPLES, 'house-with-pause.flac'));
export const SHORT_CLIP = readFileSync(join(SAMPLES, 'report.flac'));

export interface TarEntry {
  readonly header: Partial<Header> & Pick<Header, 'name'>;
  readonly body?: Uint8Array | string;
}

export const FOLDER = 'LibriSpeech/test-clean';

/** Speaker, chapter and how many recordings: out of order, and one speaker with two chapters. */
const CHAPTERS = [
  ['61', '70968', 3],
  ['1089', '134686', 2],
  ['61', '70970', 2],
  ['908', '31957', 1],
] as const;

export const UTTERANCES = 8;

/** As the published one: folders, papers beside them, recordings and their transcripts. */
export function corpusEntries(): readonly TarEntry[] {
  const entries: TarEntry[] = [
    { header: { name: 'LibriSpeech/', type: 'directory' } },
    { header: { name: 'LibriSpeech/LICENSE.TXT' }, body: 'CC BY 4.0' },
    { header: { name: `${FOLDER}/`, type: 'directory' } },
  ];
  for (const [speaker, chapter, recordings] of CHAPTERS) {
    const ids = Array.from({ length: recordings }, (_, n) => `${speaker}-${chapter}-000${n}`);
    const folder = `${FOLDER}/${speaker}/${chapter}`;
    entries.push({ header: { name: `${folder}/`, type: 'directory' } });
    entries.push({
      header: { name: `${folder}/${speaker}-${chapter}.trans.txt` },
      body: ids.map((id) => `${id} HE BEGAN ${id.replaceAll('-', ' ')}\n`).join(''),
    });
    for (const [n, id] of ids.entries()) {
      entries.push({
        header: { name: `${folder}/${id}.flac` },
        body: n % 2 === 0 ? LONG_CLIP : SHORT_CLIP,
      });
    }
  }
  return entries;
}

/** The same bytes every time. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { header: given, body } of entries) {
    const header = { ...given, mtime: new Date(0) };
    if (body === undefined) archive.entry(header);
    else archive.entry(header, Buffer.from(body as Uint8Array));
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function archiveOf(entries: readonly TarEntry[]): Promise<Buffer> {
  return gzipSync(await tarOf(entries), { level: 1 });
}

/** What would be published of these bytes. */
export function corpusOf(archive: Uint8Array, mirrors: readonly string[] = []): Corpus {
  return {
    source: 'LibriSpeech test-clean',
    licence: 'CC BY 4.0',
    part: 'test-clean',
    bytes: archive.length,
    md5: createHash('md5').update(archive).digest('hex'),
    utterances: UTTERANCES,
    unpackedBytes: 1_000_000,
    mirrors,
  };
}
