import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { loadSpeechModel, type SpeechModel, WINDOW_SAMPLES } from './vad.ts';
import { openAudio } from './index.ts';
import { speechSegments } from './vad-segments.ts';

const SAMPLES = join(import.meta.dirname, '../../../samples');
const never = new AbortController().signal;

let model: SpeechModel;
beforeAll(async () => {
  model = await loadSpeechModel();
});
afterAll(() => model.close());

async function clip(): Promise<Float32Array> {
  const [file = ''] = await Array.fromAsync(new Bun.Glob('*.wav').scan(SAMPLES));
  const audio = await openAudio(join(SAMPLES, file), { maxSeconds: 60 });
  const blocks = await Array.fromAsync(audio.pcm(), (block) => block.slice());
  await audio.close();
  return Float32Array.from(blocks.flatMap((block) => [...block]));
}

async function* blocksOf(samples: Float32Array, length: number): AsyncGenerator<Float32Array> {
  for (let offset = 0; offset < samples.length; offset += length) {
    yield samples.subarray(offset, offset + length);
  }
}

describe('voice activity detection', () => {
  it('is sure about silence', async () => {
    const probability = model.begin();
    for (let index = 0; index < 30; index++) {
      expect(await probability(new Float32Array(WINDOW_SAMPLES))).toBeLessThan(0.2);
    }
  });

  it('finds the same speech whatever the length of the blocks', async () => {
    const samples = await clip();
    const found = [];
    for (const length of [100, 512, 8000, samples.length]) {
      const segments = await Array.fromAsync(
        speechSegments(blocksOf(samples, length), model, never),
      );
      found.push(segments.map(({ start, end }) => ({ start, end })));
    }
    expect(found[0]?.length).toBeGreaterThan(0);
    for (const segments of found) expect(segments).toEqual(found[0]);
  });

  it('gives the samples of the speech with some audio around it', async () => {
    const speech = await clip();
    const samples = new Float32Array(speech.length + 32_000);
    samples.set(speech, 16_000);
    const [segment] = await Array.fromAsync(speechSegments(blocksOf(samples, 4000), model, never));
    const { start, end } = segment ?? { start: 0, end: 0 };
    const from = Math.round((start - 0.25) * 16_000);
    expect(start).toBeGreaterThan(0.9);
    expect(end).toBeLessThan(1.1 + speech.length / 16_000);
    expect(segment?.samples).toEqual(samples.slice(from, from + (segment?.samples.length ?? 0)));
    expect(segment?.samples.length).toBe(Math.round((end - start + 0.5) * 16_000));
  });

  it('stops between two windows on abort', async () => {
    const controller = new AbortController();
    const endless = (async function* () {
      for (;;) {
        yield new Float32Array(16_000);
        controller.abort(new Error('enough'));
      }
    })();
    await expect(
      Array.fromAsync(speechSegments(endless, model, controller.signal)),
    ).rejects.toThrow('enough');
  });
});
