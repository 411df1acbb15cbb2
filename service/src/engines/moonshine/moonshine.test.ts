import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Engine, Segment } from '../engine.ts';
import { createMoonshine } from './index.ts';
import { decoded, joined, SAMPLE_RATE, silence, sourceOf } from './sample-audio.ts';

const SAMPLES = join(import.meta.dirname, '../../../../samples');
const clips = (
  JSON.parse(readFileSync(join(SAMPLES, 'manifest.json'), 'utf8')) as {
    file: string;
    text: string;
  }[]
).filter(({ file }) => !file.includes('pause'));
const [firstClip, secondClip] = clips as [(typeof clips)[0], (typeof clips)[0]];

const base: Engine = createMoonshine('base');
const tiny: Engine = createMoonshine('tiny');

beforeAll(async () => {
  await base.load();
  await tiny.load();
});

afterAll(async () => {
  await base.close();
  await tiny.close();
});

const read = (clip: { file: string }): Promise<Float32Array> => decoded(join(SAMPLES, clip.file));

async function transcribe(
  samples: Float32Array,
  engine: Engine = base,
  signal: AbortSignal = new AbortController().signal,
): Promise<Segment[]> {
  return Array.fromAsync(
    engine.transcribe(
      sourceOf(samples),
      { language: 'en', token: null, alive: () => undefined },
      signal,
    ),
  );
}

const textOf = (segments: readonly Segment[]): string => segments.map(({ text }) => text).join(' ');
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z']+/g) ?? [];

/** Share of the expected words that were heard. */
function recall(expected: string, heard: string): number {
  const words = wordsOf(expected);
  const left = wordsOf(heard);
  const found = words.filter((word) => {
    const index = left.indexOf(word);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
  return found.length / words.length;
}

describe('moonshine', () => {
  it.each([
    ['base', base, 0.8],
    ['tiny', tiny, 0.7],
  ] as const)('%s hears the words of a recording', async (_, engine, share) => {
    const segments = await transcribe(await read(firstClip), engine);
    expect(recall(firstClip.text, textOf(segments))).toBeGreaterThanOrEqual(share);
    for (const { confidence } of segments) {
      expect(confidence).toBeGreaterThan(0.3);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  });

  it('makes two segments with their true times of two sentences with a long pause', async () => {
    const [first, second] = [await read(firstClip), await read(secondClip)];
    const segments = await transcribe(joined([silence(1), first, silence(3), second, silence(1)]));
    expect(segments).toHaveLength(2);
    const [one, two] = segments as [Segment, Segment];
    const firstSeconds = first.length / SAMPLE_RATE;
    const secondSeconds = second.length / SAMPLE_RATE;
    expect(one.start).toBeGreaterThan(0.8);
    expect(one.start).toBeLessThan(1.6);
    expect(one.end).toBeGreaterThan(firstSeconds);
    expect(one.end).toBeLessThan(1 + firstSeconds + 0.2);
    expect(two.start).toBeGreaterThan(4 + firstSeconds - 0.2);
    expect(two.start).toBeLessThan(4 + firstSeconds + 0.6);
    expect(two.end).toBeLessThan(4 + firstSeconds + secondSeconds + 0.2);
    expect(recall(secondClip.text, two.text)).toBeGreaterThanOrEqual(0.7);
  });

  it('cuts a minute of speech into segments of at most 15 s and loses no sentence', async () => {
    const parts: Float32Array[] = [];
    const texts: string[] = [];
    const once = new Map<string, string>();
    for (let seconds = 0, index = 0; seconds < 60; index++) {
      const clip = clips[index % clips.length] as (typeof clips)[0];
      const samples = await read(clip);
      once.set(clip.file, once.get(clip.file) ?? textOf(await transcribe(samples)));
      parts.push(samples, silence(0.2));
      texts.push(once.get(clip.file) ?? '');
      seconds += samples.length / SAMPLE_RATE + 0.2;
    }
    const segments = await transcribe(joined(parts));
    expect(segments.length).toBeGreaterThanOrEqual(4);
    let position = 0;
    for (const { start, end } of segments) {
      expect(start).toBeGreaterThanOrEqual(position);
      expect(end - start).toBeLessThanOrEqual(15.1);
      position = end;
    }
    expect(recall(texts.join(' '), textOf(segments))).toBeGreaterThan(0.8);
  });

  it.each([
    ['silence', () => 0],
    ['white noise', () => (Math.random() - 0.5) * 0.4],
    ['a tone', (index: number) => 0.4 * Math.sin(index * 0.17)],
    ['clicks', (index: number) => (index % 8000 < 20 ? 0.9 : 0)],
  ])('hears no words in %s', async (_, sampleAt) => {
    const samples = Float32Array.from({ length: 6 * SAMPLE_RATE }, (__, index) => sampleAt(index));
    expect(await transcribe(samples)).toEqual([]);
    expect(await transcribe(samples, tiny)).toEqual([]);
  });

  it('takes a recording of a few samples and one of none', async () => {
    expect(await transcribe(new Float32Array(100))).toEqual([]);
    expect(await transcribe(new Float32Array(0))).toEqual([]);
  });

  it('stops soon after an abort in the middle of a recording and works again afterwards', async () => {
    const clip = await read(firstClip);
    const samples = joined(Array.from({ length: 20 }, () => clip));
    const controller = new AbortController();
    let abortedAt = 0;
    setTimeout(() => {
      abortedAt = performance.now();
      controller.abort(new Error('the client left'));
    }, 150);
    await expect(transcribe(samples, base, controller.signal)).rejects.toThrow('the client left');
    expect(abortedAt).toBeGreaterThan(0);
    expect(performance.now() - abortedAt).toBeLessThan(2000);
    expect(await transcribe(clip)).not.toEqual([]);
  });

  it('asks for samples only when it needs them', async () => {
    const clip = await read(firstClip);
    let taken = 0;
    const source = {
      ...sourceOf(clip),
      async *pcm() {
        for (;;) {
          taken += clip.length / SAMPLE_RATE;
          yield clip;
          yield silence(2);
        }
      },
    };
    const signal = new AbortController().signal;
    for await (const segment of tiny.transcribe(
      source,
      { language: 'en', token: null, alive: () => undefined },
      signal,
    )) {
      if (segment.start > 0) break;
    }
    expect(taken).toBeLessThan(60);
  });

  it('refuses to work before it is loaded and after it is closed', async () => {
    const engine = createMoonshine('tiny');
    await expect(transcribe(silence(1), engine)).rejects.toMatchObject({
      code: 'engine_unavailable',
    });
    await engine.load();
    await engine.close();
    await expect(transcribe(silence(1), engine)).rejects.toMatchObject({
      code: 'engine_unavailable',
    });
  });
});
