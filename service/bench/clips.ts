/** The recordings a benchmark works on: `AUDIO_DIR` with its manifest, else the samples of the repository. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface Clip {
  readonly path: string;
  readonly seconds: number;
}

export const AUDIO_DIR = resolve(
  process.env['AUDIO_DIR'] || join(import.meta.dirname, '../../samples'),
);

export function readClips(): Clip[] {
  const manifest = JSON.parse(readFileSync(join(AUDIO_DIR, 'manifest.json'), 'utf8')) as
    ManifestEntry[] | { clips: ManifestEntry[] };
  const entries = Array.isArray(manifest) ? manifest : manifest.clips;
  return entries.map(({ file, seconds }) => ({ path: join(AUDIO_DIR, file), seconds }));
}

/** The clip whose length is nearest to `seconds`. */
export function clipOf(seconds: number): Clip {
  const [nearest] = readClips().toSorted(
    (a, b) => Math.abs(a.seconds - seconds) - Math.abs(b.seconds - seconds),
  );
  if (nearest === undefined) throw new Error(`${AUDIO_DIR} has no recordings`);
  return nearest;
}

interface ManifestEntry {
  readonly file: string;
  readonly seconds: number;
}
