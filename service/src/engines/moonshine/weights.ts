/** Finds Moonshine's weights in a published model and puts them into a graph. */

import { basename } from 'node:path';

import { type OnnxIndex, type OnnxTensor, scalarOf } from './onnx-reader.ts';
import type { Graph } from './onnx-writer.ts';

/** The published files, indexed. */
export interface PublishedModels {
  readonly encoder: OnnxIndex;
  readonly decoder: OnnxIndex;
}

export interface LinearWeights {
  readonly matrix: string;
  readonly scale: string;
  readonly zeroPoint: string;
  readonly bias: readonly string[];
}

export interface Embedding {
  readonly table: string;
  readonly scale: string;
  readonly zeroPoint: string;
}

/** Weights are asked for by the path of the node that uses them: most initializers have no telling name. */
export interface Weights {
  /** The one initializer among a node's inputs. */
  of(path: string): string;
  linear(path: string): LinearWeights;
  convolution(name: string): string;
  embedding(): Embedding;
  /** The embedding table as the weights of `MatMulNBits`: the same bytes, one scale for `block` columns. */
  embeddingBlocks(block: number): readonly string[];
}

const EMBEDDING = 'model.decoder.embed_tokens.weight_merged_0';

export function createWeights(graph: Graph, { path, nodes, tensors }: OnnxIndex): Weights {
  const file = basename(path);

  const find = (name: string): OnnxTensor => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`${path} has no weights ${name}.`);
    return tensor;
  };
  const inputsOf = (node: string): readonly string[] => {
    const inputs = nodes.get(node)?.inputs;
    if (inputs === undefined) throw new Error(`${path} has no node ${node}.`);
    return inputs;
  };
  const use = (name: string): string => graph.weights(find(name), file);
  const of = (node: string): string =>
    use(inputsOf(node).find((name) => tensors.has(name)) ?? node);

  return {
    of,
    linear(node) {
      const [, matrix = '', , zeroPoint = ''] = inputsOf(`${node}/MatMul_quant`);
      return {
        matrix: use(matrix),
        scale: use(matrix.replace(/quantized$/, 'scale')),
        zeroPoint: use(zeroPoint),
        bias: nodes.has(`${node}/Add`) ? [of(`${node}/Add`)] : [],
      };
    },
    convolution(name) {
      const [steps, scale, offset] = ['quantized', 'scale', 'zero_point'].map((part) =>
        use(`${name}.weight_${part}`),
      ) as [string, string, string];
      const scaled = graph.add('Mul', [graph.add('Cast', [steps], { to: 1 }), scale]);
      return graph.add('Add', [scaled, offset]);
    },
    embedding: () => ({
      table: use(`${EMBEDDING}_quantized`),
      scale: use(`${EMBEDDING}_scale`),
      zeroPoint: use(`${EMBEDDING}_zero_point`),
    }),
    embeddingBlocks(block) {
      const table = find(`${EMBEDDING}_quantized`);
      const [rows, columns] = table.dimensions as [number, number];
      const count = (rows * columns) / block;
      const scales = new Float32Array(count).fill(scalarOf(find(`${EMBEDDING}_scale`)));
      const zeroPoints = new Uint8Array(count).fill(scalarOf(find(`${EMBEDDING}_zero_point`)));
      return [
        graph.weights(table, file, [rows, columns / block, block]),
        graph.constant('float32', [count], scales),
        graph.constant('uint8', [count], zeroPoints),
      ];
    },
  };
}
