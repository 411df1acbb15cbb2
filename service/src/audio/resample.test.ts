import { expect, it } from 'vitest';
import { createResampler } from './resample.ts';

/** A tone through the resampler, in blocks of an odd length so that the joints are exercised. */
async function resampleTone(hertz: number, inputRate: number, seconds: number): Promise<number[]> {
  const resampler = await createResampler(inputRate);
  const input = Float32Array.from({ length: inputRate * seconds }, (_, index) =>
    Math.sin((2 * Math.PI * hertz * index) / inputRate),
  );
  const output: number[] = [];
  for (let at = 0; at < input.length; at += 1777) {
    output.push(...resampler.process(input.subarray(at, at + 1777)));
  }
  output.push(...resampler.flush());
  resampler.free();
  return output;
}

function loudness(samples: readonly number[]): number {
  const middle = samples.slice(2000, -2000);
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
}

it.each([8000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000])(
  'keeps the length and the phase of audio at %i Hz',
  async (rate) => {
    const output = await resampleTone(440, rate, 1);
    expect(output).toHaveLength(16_000);
    const expected = (index: number): number => Math.sin((2 * Math.PI * 440 * index) / 16_000);
    const errors = output.slice(200, -200).map((value, index) => value - expected(index + 200));
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.01);
  },
);

it('lets nothing above 8 kHz fold back into the speech', async () => {
  expect(loudness(await resampleTone(10_000, 48_000, 1))).toBeLessThan(1e-4);
  expect(loudness(await resampleTone(6000, 48_000, 1))).toBeGreaterThan(0.7);
});

it('hands 16 kHz through untouched', async () => {
  const block = Float32Array.of(0.1, 0.2, 0.3);
  const resampler = await createResampler(16_000);
  expect(resampler.process(block)).toBe(block);
  expect(resampler.flush()).toHaveLength(0);
});

it('keeps two streams apart', async () => {
  const [first, second] = await Promise.all([
    resampleTone(440, 48_000, 1),
    resampleTone(1000, 44_100, 1),
  ]);
  expect(first).toEqual(await resampleTone(440, 48_000, 1));
  expect(second).toEqual(await resampleTone(1000, 44_100, 1));
});
