/** Speaks and encodes every clip of samples/ and of the audio fixtures, and writes the manifest (`make samples`). */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clip } from './sample-clips.ts';
import { CLIPS, FIXTURES, FIXTURE_TEXT } from './sample-clips.ts';

const ROOT = join(import.meta.dirname, '..');
const SAMPLES = join(ROOT, 'samples');
const FIXTURE_FOLDER = join(ROOT, 'service/test/fixtures/audio');

/** Words per minute; espeak-ng's own default of 175 is faster than people speak. */
const SPEED = '150';
/** Neither dates nor versions in the files, so that the same tools make the same bytes. */
const REPRODUCIBLE = [
  '-map_metadata',
  '-1',
  '-fflags',
  '+bitexact',
  '-flags:a',
  '+bitexact',
  '-flags:v',
  '+bitexact',
];

function requireTools(): void {
  const missing = ['espeak-ng', 'ffmpeg'].filter(
    (tool) => spawnSync(tool, [tool === 'ffmpeg' ? '-version' : '--version']).error !== undefined,
  );
  if (missing.length === 0) return;
  console.error(
    `${missing.join(' and ')} not found on PATH. Install: apt-get install -y espeak-ng ffmpeg (Debian, Ubuntu) or brew install espeak-ng ffmpeg (macOS).`,
  );
  process.exit(1);
}

function ffmpeg(args: readonly string[]): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { maxBuffer: 1 << 28 });
}

/** Several sentences are joined with silence between them. */
function speak(clip: Pick<Clip, 'sentences' | 'voice' | 'pauseSeconds'>, scratch: string): string {
  const parts = clip.sentences.map((sentence, index) => {
    const part = join(scratch, `part-${index}.wav`);
    execFileSync('espeak-ng', ['-v', clip.voice, '-s', SPEED, '-w', part, sentence]);
    return part;
  });
  const spoken = join(scratch, 'spoken.wav');
  const inputs = parts.flatMap((part) => ['-i', part]);
  const padded = parts.map((_, index) => {
    const isLast = index === parts.length - 1;
    return `[${index}]apad=pad_dur=${isLast ? 0 : (clip.pauseSeconds ?? 0)}[p${index}]`;
  });
  const labels = parts.map((_, index) => `[p${index}]`).join('');
  const filter = `${padded.join(';')};${labels}concat=n=${parts.length}:v=0:a=1`;
  ffmpeg([...inputs, '-filter_complex', filter, spoken]);
  return spoken;
}

function secondsOf(path: string): number {
  const bytes = ffmpeg([
    '-i',
    path,
    '-map',
    '0:a:0',
    '-ar',
    '16000',
    '-ac',
    '1',
    '-f',
    's16le',
    '-',
  ]);
  return Number((bytes.length / 32_000).toFixed(3));
}

function main(): void {
  requireTools();
  const scratch = mkdtempSync(join(tmpdir(), 'samples-'));
  mkdirSync(SAMPLES, { recursive: true });
  mkdirSync(FIXTURE_FOLDER, { recursive: true });
  try {
    const manifest = CLIPS.map((clip) => {
      const path = join(SAMPLES, clip.file);
      ffmpeg(['-i', speak(clip, scratch), ...clip.encode, ...REPRODUCIBLE, path]);
      const bytes = readFileSync(path);
      return {
        file: clip.file,
        format: clip.format,
        seconds: secondsOf(path),
        sampleRate: clip.sampleRate,
        channels: clip.channels,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        text: clip.sentences.join(' '),
        voice: clip.voice,
      };
    });
    writeFileSync(join(SAMPLES, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);

    const spoken = speak({ sentences: [FIXTURE_TEXT], voice: 'en-gb' }, scratch);
    for (const fixture of FIXTURES) {
      const inputs = fixture.inputs?.(spoken) ?? ['-i', spoken];
      ffmpeg([...inputs, ...fixture.encode, ...REPRODUCIBLE, join(FIXTURE_FOLDER, fixture.file)]);
    }
    console.log(`${CLIPS.length} clips and ${FIXTURES.length} fixtures made.`);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

main();
