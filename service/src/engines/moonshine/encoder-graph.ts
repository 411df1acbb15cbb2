/**
 * Moonshine's encoder, from samples to what the decoder attends to.
 *
 * It ends with the keys and values of the decoder's cross attention, which the published decoder computes in its
 * first step and then copies through every further one.
 */

import {
  integers,
  type Layers,
  linear,
  linears,
  normalise,
  rotaryTables,
  selfAttention,
} from './layers.ts';
import { createGraph } from './onnx-writer.ts';
import type { MoonshineShape } from './shapes.ts';
import { createWeights, type PublishedModels } from './weights.ts';

/** Frames of 24 ms: one minute, four times the longest segment. */
const LONGEST_SEQUENCE = 2500;

export function encoderGraph(models: PublishedModels, shape: MoonshineShape): Uint8Array {
  const graph = createGraph();
  const layers: Layers = { graph, weights: createWeights(graph, models.encoder), shape };
  const samples = graph.input('samples', 'float32', [1, 'samples']);
  const rotary = rotaryTables(graph, integers(graph, [0]), LONGEST_SEQUENCE);

  let hidden = frontEnd(layers, samples);
  for (let index = 0; index < shape.layers; index++) {
    const path = `/layers.${index}`;
    const heard = normalise(layers, hidden, `${path}/input_layernorm`);
    const attended = selfAttention(layers, heard, `${path}/self_attn`, rotary);
    hidden = graph.add('Add', [hidden, attended]);
    const inner = linear(
      layers,
      normalise(layers, hidden, `${path}/post_attention_layernorm`),
      `${path}/mlp/fc1`,
    );
    const active = graph.add('com.microsoft.Gelu', [inner]);
    hidden = graph.add('Add', [hidden, linear(layers, active, `${path}/mlp/fc2`)]);
  }
  crossAttention(
    { graph, weights: createWeights(graph, models.decoder), shape },
    normalise(layers, hidden, '/layer_norm'),
  );
  return graph.bytes();
}

/** Three convolutions over the waveform, together one frame for 384 samples. */
function frontEnd({ graph, weights }: Layers, samples: string): string {
  const wave = graph.add('Unsqueeze', [samples, integers(graph, [1])]);
  const first = graph.add('Tanh', [
    graph.add('Conv', [wave, weights.convolution('conv1')], { strides: [64] }),
  ]);
  const normal = groupNorm({ graph, weights }, first);
  const second = graph.add('com.microsoft.Gelu', [
    graph.add('Conv', [normal, weights.convolution('conv2'), weights.of('/conv2/Conv')], {
      strides: [3],
    }),
  ]);
  const third = graph.add('com.microsoft.Gelu', [
    graph.add('Conv', [second, weights.convolution('conv3'), weights.of('/conv3/Conv')], {
      strides: [2],
    }),
  ]);
  return graph.add('Transpose', [third], { perm: [0, 2, 1] });
}

/** One group over all channels: an instance norm of everything as a single channel. */
function groupNorm({ graph, weights }: Pick<Layers, 'graph' | 'weights'>, input: string): string {
  const flat = graph.add('Reshape', [input, integers(graph, [0, 1, -1])]);
  const one = graph.constant('float32', [1], Float32Array.of(1));
  const zero = graph.constant('float32', [1], Float32Array.of(0));
  const normal = graph.add('InstanceNormalization', [flat, one, zero], {
    epsilon: { float: 1e-5 },
  });
  const grouped = graph.add('Reshape', [normal, graph.add('Shape', [input])]);
  const scaled = graph.add('Mul', [grouped, weights.of('/groupnorm/Mul')]);
  return graph.add('Add', [scaled, weights.of('/groupnorm/Add')]);
}

function crossAttention(decoder: Layers, hidden: string): void {
  const { graph, shape } = decoder;
  const project = linears(decoder, hidden);
  const split = integers(graph, [0, 0, shape.heads, shape.headSize]);
  for (let index = 0; index < shape.layers; index++) {
    for (const part of ['key', 'value']) {
      const flat = project(`/model/decoder/layers.${index}/encoder_attn/${part[0]}_proj`);
      const heads = graph.add('Reshape', [flat, split]);
      const name = `cross.${index}.${part}`;
      graph.addTo([name], 'Transpose', [heads], { perm: [0, 2, 1, 3] });
      graph.output(name, 'float32', [1, shape.heads, 'frames', shape.headSize]);
    }
  }
}
