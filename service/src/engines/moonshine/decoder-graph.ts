/**
 * One step of Moonshine's decoder: a token goes in, the logits of the next one come out.
 *
 * The published decoder is an `If` over two graphs of 1,500 nodes, expands its whole embedding table to floats in
 * every step and has the encoder's keys and values among its outputs. This is the same arithmetic in 20 nodes a layer.
 */

import { type Layers, linear, normalise, rotaryTables, selfAttention } from './layers.ts';
import { createGraph } from './onnx-writer.ts';
import type { MoonshineShape } from './shapes.ts';
import { createWeights, type PublishedModels } from './weights.ts';

/** Tokens of one segment; greedy decoding stops far below. */
const LONGEST_SEQUENCE = 512;
const VOCABULARY = 32_768;
/** Columns of the output layer that are quantised together; divides the width of both sizes. */
const BLOCK = 32;
/** `MatMulNBits`: quantise the input to 8 bits, a block at a time, and multiply integers. */
const INTEGER_ACCURACY = 4;

export function decoderGraph(models: PublishedModels, shape: MoonshineShape): Uint8Array {
  const graph = createGraph();
  const layers: Layers = { graph, weights: createWeights(graph, models.decoder), shape };
  const token = graph.input('token', 'int64', [1, 1]);
  const rotary = rotaryTables(graph, graph.input('position', 'int64', [1]), LONGEST_SEQUENCE);

  let hidden = embed(layers, token);
  for (let index = 0; index < shape.layers; index++) {
    const path = `/model/decoder/layers.${index}`;
    const said = normalise(layers, hidden, `${path}/input_layernorm`);
    const attended = selfAttention(layers, said, `${path}/self_attn`, rotary, cache(layers, index));
    hidden = graph.add('Add', [hidden, attended]);
    const query = normalise(layers, hidden, `${path}/post_attention_layernorm`);
    hidden = graph.add('Add', [hidden, crossAttention(layers, query, index)]);
    const rest = normalise(layers, hidden, `${path}/final_layernorm`);
    hidden = graph.add('Add', [hidden, gatedPerceptron(layers, rest, `${path}/mlp`)]);
  }
  logits(layers, normalise(layers, hidden, '/model/decoder/norm'));
  return graph.bytes();
}

function embed({ graph, weights }: Layers, token: string): string {
  const { table, scale, zeroPoint } = weights.embedding();
  return graph.add('DequantizeLinear', [graph.add('Gather', [table, token]), scale, zeroPoint]);
}

function cache({ graph, shape }: Layers, index: number) {
  const parts = ['key', 'value'].map((part) => `${index}.${part}`);
  const dimensions = (length: string) => [1, shape.heads, length, shape.headSize];
  return {
    past: parts.map((part) => graph.input(`past.${part}`, 'float32', dimensions('past'))),
    present: parts.map((part) => {
      graph.output(`present.${part}`, 'float32', dimensions('present'));
      return `present.${part}`;
    }),
  };
}

function crossAttention(layers: Layers, input: string, index: number): string {
  const { graph, shape } = layers;
  const path = `/model/decoder/layers.${index}/encoder_attn`;
  const [key, value] = ['key', 'value'].map((part) =>
    graph.input(`cross.${index}.${part}`, 'float32', [1, shape.heads, 'frames', shape.headSize]),
  ) as [string, string];
  const query = linear(layers, input, `${path}/q_proj`);
  const heard = graph.add('com.microsoft.MultiHeadAttention', [query, key, value], {
    num_heads: shape.heads,
  });
  return linear(layers, heard, `${path}/dense`);
}

function gatedPerceptron(layers: Layers, input: string, path: string): string {
  const { graph } = layers;
  const [values, gate] = [`${path}/values`, `${path}/gate`] as const;
  graph.addTo([values, gate], 'Split', [linear(layers, input, `${path}/up_proj`)], { axis: -1 });
  const open = graph.add('com.microsoft.QuickGelu', [gate], { alpha: { float: 1 } });
  return linear(layers, graph.add('Mul', [open, values]), `${path}/down_proj`);
}

function logits({ graph, weights, shape }: Layers, hidden: string): void {
  graph.addTo(
    ['logits'],
    'com.microsoft.MatMulNBits',
    [hidden, ...weights.embeddingBlocks(BLOCK)],
    {
      K: shape.heads * shape.headSize,
      N: VOCABULARY,
      bits: 8,
      block_size: BLOCK,
      accuracy_level: INTEGER_ACCURACY,
    },
  );
  graph.output('logits', 'float32', [1, 1, VOCABULARY]);
}
