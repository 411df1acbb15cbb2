/** Which clips there are: what is said, by which voice, and how it is encoded. */

export interface Clip {
  readonly file: string;
  readonly format: string;
  readonly sentences: readonly string[];
  /** Between sentences. */
  readonly pauseSeconds?: number;
  /** An espeak-ng voice; `+f3` makes it female. */
  readonly voice: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly encode: readonly string[];
}

export interface Fixture {
  readonly file: string;
  readonly encode: readonly string[];
  /** ffmpeg inputs instead of the spoken words. */
  readonly inputs?: (spoken: string) => readonly string[];
}

const shape = (rate: number, channels: number): readonly string[] => [
  '-ar',
  `${rate}`,
  '-ac',
  `${channels}`,
];

/** Moonshine base reads each of these without a mistake; check that when you change one. */
export const CLIPS: readonly Clip[] = [
  {
    file: 'train.wav',
    format: 'wav',
    sentences: ['The train to the city was late again, so we walked along the river.'],
    voice: 'en-us',
    sampleRate: 16_000,
    channels: 1,
    encode: shape(16_000, 1),
  },
  {
    file: 'report.flac',
    format: 'flac',
    sentences: ['Our team finished the report last night and sent it to the customer.'],
    voice: 'en-us+m7',
    sampleRate: 44_100,
    channels: 2,
    encode: [...shape(44_100, 2), '-c:a', 'flac', '-compression_level', '8'],
  },
  {
    file: 'library.mp3',
    format: 'mp3',
    sentences: ['The library is closed on Monday and Tuesday.'],
    voice: 'en-gb-scotland',
    sampleRate: 44_100,
    channels: 1,
    encode: [...shape(44_100, 1), '-c:a', 'libmp3lame', '-q:a', '4'],
  },
  {
    file: 'window.ogg',
    format: 'ogg',
    sentences: ['She opened the window because the room was too warm.'],
    voice: 'en-us+f2',
    sampleRate: 48_000,
    channels: 1,
    encode: [...shape(48_000, 1), '-c:a', 'libopus', '-b:a', '32k'],
  },
  {
    // Without +faststart the index stands at the end of the file, as in most voice memos.
    file: 'printer.m4a',
    format: 'm4a',
    sentences: ['The new printer is on the second floor, next to the window.'],
    voice: 'en-us+f2',
    sampleRate: 44_100,
    channels: 1,
    encode: [...shape(44_100, 1), '-c:a', 'aac', '-b:a', '64k'],
  },
  {
    file: 'newspaper.webm',
    format: 'webm',
    sentences: ['He reads the newspaper every morning before work.'],
    voice: 'en-gb+f3',
    sampleRate: 48_000,
    channels: 1,
    encode: [...shape(48_000, 1), '-c:a', 'libopus', '-b:a', '48k'],
  },
  {
    file: 'house-with-pause.flac',
    format: 'flac',
    sentences: [
      'My brother bought a small house near the lake.',
      'Please remember to water the plants in the kitchen.',
    ],
    pauseSeconds: 4,
    voice: 'en-gb',
    sampleRate: 16_000,
    channels: 1,
    encode: [...shape(16_000, 1), '-c:a', 'flac', '-compression_level', '8'],
  },
];

export const FIXTURE_TEXT = 'Good morning.';

const TONELESS_VIDEO = ['-f', 'lavfi', '-i', 'color=size=32x32:rate=5:duration=1'];
const audioOnly = (file: string, ...encode: string[]): Fixture => ({ file, encode });
/** Uncompressed sound grows fast; 0.6 s of it is enough to check the reading of its header. */
const brief = (file: string, ...encode: string[]): Fixture => ({
  file,
  encode: ['-t', '0.6', ...shape(8000, 1), ...encode],
});

export const FIXTURES: readonly Fixture[] = [
  brief('u8.wav', '-c:a', 'pcm_u8'),
  brief('s16.wav', '-c:a', 'pcm_s16le'),
  // 24 bits in two channels make ffmpeg write WAVE_FORMAT_EXTENSIBLE.
  { file: 's24-extensible.wav', encode: ['-t', '0.3', ...shape(8000, 2), '-c:a', 'pcm_s24le'] },
  brief('s32.wav', '-t', '0.5', '-c:a', 'pcm_s32le'),
  brief('f32.wav', '-t', '0.5', '-c:a', 'pcm_f32le'),
  { file: 'f64.wav', encode: ['-t', '0.25', ...shape(8000, 1), '-c:a', 'pcm_f64le'] },
  brief('mulaw.wav', '-c:a', 'pcm_mulaw'),
  brief('alaw.wav', '-c:a', 'pcm_alaw'),
  brief('rf64.wav', '-c:a', 'pcm_s16le', '-rf64', 'always'),
  brief('adpcm.wav', '-c:a', 'adpcm_ima_wav'),
  brief('s16.aiff', '-c:a', 'pcm_s16be'),
  brief('s8.aiff', '-c:a', 'pcm_s8'),
  brief('f32.aiff', '-t', '0.5', '-c:a', 'pcm_f32be'),
  brief('pcm.mov', '-c:a', 'pcm_s16le'),
  audioOnly('flac.ogg', ...shape(16_000, 1), '-t', '0.6', '-c:a', 'flac'),
  audioOnly('vorbis.ogg', ...shape(22_050, 1), '-c:a', 'libvorbis', '-q:a', '2'),
  audioOnly('vorbis.webm', ...shape(22_050, 1), '-c:a', 'libvorbis', '-q:a', '2'),
  // `-live 1`: neither a duration nor an index, like a recording sent while it is made.
  audioOnly('live.webm', '-c:a', 'libopus', '-b:a', '24k', '-live', '1'),
  audioOnly('opus.mp4', '-c:a', 'libopus', '-b:a', '24k'),
  audioOnly('adts.aac', ...shape(22_050, 1), '-c:a', 'aac', '-b:a', '32k'),
  audioOnly(
    'stereo.m4a',
    ...shape(44_100, 2),
    '-c:a',
    'aac',
    '-b:a',
    '64k',
    '-movflags',
    '+faststart',
  ),
  audioOnly(
    'fragmented.mp4',
    '-c:a',
    'aac',
    '-b:a',
    '32k',
    '-movflags',
    'frag_keyframe+empty_moov',
  ),
  audioOnly('alac.m4a', ...shape(8000, 1), '-t', '0.6', '-c:a', 'alac'),
  audioOnly('layer2.mp3', ...shape(22_050, 1), '-c:a', 'mp2', '-b:a', '32k', '-f', 'mp2'),
  {
    file: 'video.mp4',
    inputs: (spoken) => [...TONELESS_VIDEO, '-i', spoken],
    encode: ['-c:v', 'mpeg4', '-b:v', '8k', '-c:a', 'aac', '-b:a', '32k'],
  },
  {
    file: 'video-only.mp4',
    inputs: () => TONELESS_VIDEO,
    encode: ['-c:v', 'mpeg4', '-b:v', '8k'],
  },
  {
    file: 'silence.wav',
    inputs: () => ['-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=1'],
    encode: ['-c:a', 'pcm_s16le'],
  },
  {
    file: 'noise.flac',
    inputs: () => ['-f', 'lavfi', '-i', 'anoisesrc=r=8000:d=0.5:a=0.2:seed=7'],
    encode: ['-c:a', 'flac'],
  },
];
