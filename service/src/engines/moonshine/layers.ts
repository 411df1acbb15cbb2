/** The building blocks that Moonshine's encoder and decoder share, as ONNX nodes. */

import type { Graph } from './onnx-writer.ts';
import type { MoonshineShape } from './shapes.ts';
import type { Weights } from './weights.ts';

/** Where nodes go, and where their weights come from. */
export interface Layers {
  readonly graph: Graph;
  readonly weights: Weights;
  readonly shape: MoonshineShape;
}

const EPSILON = { float: 1e-5 } as const;
/** Part of each head that is rotated, in pairs of neighbouring values. */
const ROTARY_PAIRS = 16;
const ROTARY_BASE = 10_000;

export interface Rotary {
  /** First position of the sequence. */
  readonly position: string;
  readonly cosines: string;
  readonly sines: string;
}

export interface KeyValueCache {
  readonly past: readonly string[];
  readonly present: readonly string[];
}

export function normalise({ graph, weights }: Layers, input: string, path: string): string {
  return graph.add('LayerNormalization', [input, weights.of(`${path}/Mul`)], { epsilon: EPSILON });
}

/** A linear layer: inputs are quantised to 8 bits on the fly, weights are 8-bit already. */
export function linear({ graph, weights }: Layers, input: string, path: string): string {
  const { matrix, scale, zeroPoint, bias } = weights.linear(path);
  return graph.add('com.microsoft.DynamicQuantizeMatMul', [
    input,
    matrix,
    scale,
    zeroPoint,
    ...bias,
  ]);
}

/** Several linear layers over the same input, which is then quantised once. */
export function linears(layers: Layers, input: string): (path: string) => string {
  const { graph, weights } = layers;
  const [values, inputScale, inputZeroPoint] = ['values', 'scale', 'zero_point'].map(
    (part) => `${input}/${part}`,
  ) as [string, string, string];
  graph.addTo([values, inputScale, inputZeroPoint], 'DynamicQuantizeLinear', [input]);
  return (path) => {
    const { matrix, scale, zeroPoint, bias } = weights.linear(path);
    return graph.add('com.microsoft.MatMulIntegerToFloat', [
      values,
      matrix,
      inputScale,
      scale,
      inputZeroPoint,
      zeroPoint,
      ...bias,
    ]);
  };
}

export function selfAttention(
  layers: Layers,
  input: string,
  path: string,
  rotary: Rotary,
  cache: KeyValueCache = { past: [], present: [] },
): string {
  const { graph, shape } = layers;
  const project = linears(layers, input);
  const rotate = (vectors: string): string =>
    graph.add(
      'com.microsoft.RotaryEmbedding',
      [vectors, rotary.position, rotary.cosines, rotary.sines],
      { interleaved: 1, num_heads: shape.heads, rotary_embedding_dim: 2 * ROTARY_PAIRS },
    );
  const query = rotate(project(`${path}/q_proj`));
  const key = rotate(project(`${path}/k_proj`));
  const value = project(`${path}/v_proj`);
  const attended = `${path}/attended`;
  graph.addTo(
    [attended, ...cache.present],
    'com.microsoft.MultiHeadAttention',
    [query, key, value, '', '', '', ...cache.past],
    { num_heads: shape.heads },
  );
  return linear(layers, attended, `${path}/dense`);
}

/** Tables of the rotary position embedding for sequences of up to `length`. */
export function rotaryTables(graph: Graph, position: string, length: number): Rotary {
  const cosines = new Float32Array(length * ROTARY_PAIRS);
  const sines = new Float32Array(length * ROTARY_PAIRS);
  for (let index = 0; index < cosines.length; index++) {
    const pair = index % ROTARY_PAIRS;
    const angle = Math.floor(index / ROTARY_PAIRS) / ROTARY_BASE ** (pair / ROTARY_PAIRS);
    cosines[index] = Math.cos(angle);
    sines[index] = Math.sin(angle);
  }
  return {
    position,
    cosines: graph.constant('float32', [length, ROTARY_PAIRS], cosines),
    sines: graph.constant('float32', [length, ROTARY_PAIRS], sines),
  };
}

export function integers(graph: Graph, values: readonly number[]): string {
  return graph.constant('int64', [values.length], BigInt64Array.from(values.map(BigInt)));
}
