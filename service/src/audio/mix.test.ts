import { expect, it } from 'vitest';
import { mixToMono } from './mix.ts';

const block = (...channels: number[][]) => ({
  sampleRate: 16_000,
  channels: channels.map((channel) => Float32Array.from(channel)),
});

it('takes the mean of all channels', () => {
  expect([...mixToMono(block([0.5, -1, 0], [0, -0.5, 0.25]))]).toEqual([0.25, -0.75, 0.125]);
});

it('holds samples beyond full scale to it and hears nothing in what is not a number', () => {
  const wild = [7, -7, Number.NaN, Number.POSITIVE_INFINITY];
  expect([...mixToMono(block(wild))]).toEqual([1, -1, 0, 1]);
});
