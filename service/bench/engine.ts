/**
 * What the embedded engine costs, without HTTP and without a pool: one process, recordings from AUDIO_DIR
 * (default `samples/`), decoded beforehand.
 *
 *   bun service/bench/engine.ts                        every row below
 *   AUDIO_DIR=/path bun service/bench/engine.ts base   one model on other recordings
 *
 * Each row runs in a process of its own. Times are wall / CPU: on a busy machine the CPU time is the one to compare.
 */

import { loadSpeechModel, WINDOW_SAMPLES } from '../src/audio/vad.ts';
import { createMoonshine, type MoonshineSize } from '../src/engines/moonshine/index.ts';
import { packagedFiles } from '../src/engines/moonshine/model-files.ts';
import { openPublishedSessions } from '../src/engines/moonshine/published-model.ts';
import {
  audioFiles,
  decoded,
  SAMPLE_RATE,
  sourceOf,
} from '../src/engines/moonshine/sample-audio.ts';
import { type MoonshineSessions, openSessions } from '../src/engines/moonshine/sessions.ts';
import { SHAPES } from '../src/engines/moonshine/shapes.ts';
import { START_TOKEN } from '../src/engines/moonshine/tokenizer.ts';

const AUDIO_DIR = process.env['AUDIO_DIR'] ?? new URL('../../samples', import.meta.url).pathname;
const STEPS = 40;
const ROUNDS = 5;
const SOAK = 50;

type Row = Record<string, string>;

const residentMb = (): string => (process.memoryUsage.rss() / 2 ** 20).toFixed(0);

interface Cost {
  readonly wallMs: number;
  /** User and system time of all threads. */
  readonly cpuMs: number;
}

async function timed<T>(work: () => Promise<T>): Promise<[T, Cost]> {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return [result, { wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 }];
}

/** Medians, each divided by `unit`, as `wall / CPU`. */
function medians(costs: readonly Cost[], digits: number, unit = 1): string {
  const median = (values: readonly number[]): string =>
    ((values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN) / unit).toFixed(digits);
  return `${median(costs.map(({ wallMs }) => wallMs))} / ${median(costs.map(({ cpuMs }) => cpuMs))}`;
}

/** Load time, real-time factor and memory of the whole engine. */
async function engineRow(size: MoonshineSize, threads: number): Promise<Row> {
  const engine = createMoonshine(size, { threads });
  const [, load] = await timed(() => engine.load());
  const loadedMb = residentMb();
  const clips = await Promise.all(audioFiles(AUDIO_DIR).map(decoded));
  const signal = new AbortController().signal;
  const perSecond: Cost[] = [];
  for (let index = 0; index < Math.max(SOAK, clips.length); index++) {
    const clip = clips[index % clips.length] as Float32Array;
    const segments = engine.transcribe(
      sourceOf(clip),
      { language: 'en', token: null, alive: () => undefined },
      signal,
    );
    const [, { wallMs, cpuMs }] = await timed(() => Array.fromAsync(segments));
    const seconds = clip.length / SAMPLE_RATE;
    perSecond.push({ wallMs: wallMs / seconds, cpuMs: cpuMs / seconds });
  }
  await engine.close();
  return {
    what: `engine ${size}, ${threads} thread${threads > 1 ? 's' : ''}`,
    'load ms': medians([load], 0),
    RTF: medians(perSecond, 3, 1000),
    'RSS MB loaded': loadedMb,
    [`RSS MB after ${perSecond.length}`]: residentMb(),
  };
}

/** One encoder run over a second of audio and one decoder step, rebuilt or as published. */
async function modelRow(size: MoonshineSize, kind: 'rebuilt' | 'published'): Promise<Row> {
  const open = (): Promise<MoonshineSessions> =>
    kind === 'published'
      ? openPublishedSessions(size)
      : openSessions(packagedFiles(size), SHAPES[size], 1);
  const [sessions, load] = await timed(open);
  const seconds = 8;
  const encodes: Cost[] = [];
  const steps: Cost[] = [];
  const samples = await tenSeconds();
  for (let round = 0; round < ROUNDS; round++) {
    const [decoder, encode] = await timed(() =>
      sessions.encode(samples.subarray(0, seconds * SAMPLE_RATE)),
    );
    encodes.push(encode);
    for (let step = 0; step < STEPS; step++) {
      const [, cost] = await timed(() => decoder.step(START_TOKEN + step));
      if (step > 0) steps.push(cost);
    }
  }
  await sessions.close();
  return {
    what: `model ${size}, ${kind}`,
    'load ms': medians([load], 0),
    'encoder ms/s': medians(encodes, 1, seconds),
    'decoder ms/step': medians(steps, 2),
    'RSS MB loaded': residentMb(),
  };
}

async function speechRow(): Promise<Row> {
  const [model, load] = await timed(loadSpeechModel);
  const samples = await tenSeconds();
  const rounds: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const probability = model.begin();
    const [, cost] = await timed(async () => {
      for (let offset = 0; offset + WINDOW_SAMPLES <= samples.length; offset += WINDOW_SAMPLES) {
        await probability(samples.subarray(offset, offset + WINDOW_SAMPLES));
      }
    });
    rounds.push(cost);
  }
  await model.close();
  return {
    what: 'voice activity',
    'load ms': medians([load], 0),
    'ms/s': medians(rounds, 2, samples.length / SAMPLE_RATE),
    'RSS MB loaded': residentMb(),
  };
}

async function tenSeconds(): Promise<Float32Array> {
  const samples = new Float32Array(10 * SAMPLE_RATE);
  let filled = 0;
  for (const path of audioFiles(AUDIO_DIR)) {
    const clip = (await decoded(path)).subarray(0, samples.length - filled);
    samples.set(clip, filled);
    filled += clip.length;
    if (filled === samples.length) break;
  }
  return samples;
}

const ROWS: Record<string, () => Promise<Row>> = {
  vad: speechRow,
  'model-base': () => modelRow('base', 'rebuilt'),
  'model-base-published': () => modelRow('base', 'published'),
  'model-tiny': () => modelRow('tiny', 'rebuilt'),
  'model-tiny-published': () => modelRow('tiny', 'published'),
  base: () => engineRow('base', 1),
  'base-2': () => engineRow('base', 2),
  tiny: () => engineRow('tiny', 1),
};

const [row] = process.argv.slice(2);
const run = row === undefined ? undefined : ROWS[row];
if (row !== undefined && run === undefined) {
  throw new Error(`Unknown row ${row}; rows: ${Object.keys(ROWS).join(', ')}.`);
}
if (run !== undefined) {
  const { what = '', ...cells } = await run();
  const columns = Object.entries(cells).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`${what.padEnd(24)}  ${columns.join('   ')}\n`);
} else {
  for (const name of Object.keys(ROWS)) {
    Bun.spawnSync([process.execPath, '--no-env-file', import.meta.path, name], {
      stdout: 'inherit',
      stderr: 'inherit',
    });
  }
}
