import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { InferenceSession, Tensor } from '../../audio/onnx-runtime.ts';
import { afterAll, describe, expect, it } from 'vitest';

import { indexModel, scalarOf } from './onnx-reader.ts';
import { createGraph } from './onnx-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `sum = samples + weights`, with this many weights. */
function adder(count: number): string {
  const graph = createGraph();
  const weights = graph.constant('float32', [count], new Float32Array(count).fill(0.5));
  graph.addTo(['sum'], 'Add', [graph.input('samples', 'float32', [count]), weights]);
  graph.output('sum', 'float32', [count]);
  const path = join(folder, `${count}.onnx`);
  writeFileSync(path, graph.bytes());
  return path;
}

describe('ONNX models', () => {
  it('that are written here run in ONNX Runtime', async () => {
    const session = await InferenceSession.create(adder(3));
    const { sum } = await session.run({
      samples: new Tensor('float32', Float32Array.of(1, 2, -3)),
    });
    expect(sum?.data).toEqual(Float32Array.of(1.5, 2.5, -2.5));
    await session.release();
  });

  it('can take their weights from another file without a copy', async () => {
    const count = 50_000;
    const source = indexModel(adder(count));
    const [weights] = source.tensors.values();
    expect(weights?.dimensions).toEqual([count]);
    expect(weights?.content).not.toBeInstanceOf(Uint8Array);
    const graph = createGraph();
    const name =
      weights === undefined ? '' : graph.weights(weights, `${count}.onnx`, [2, count / 2]);
    graph.addTo(['out'], 'Identity', [name]);
    graph.output('out', 'float32', [2, count / 2]);
    const bytes = graph.bytes();
    expect(bytes.length).toBeLessThan(1000);
    const session = await InferenceSession.create(bytes, {
      extra: { session: { model_external_initializers_file_folder_path: folder } },
    });
    const { out } = await session.run({});
    expect(out?.dims).toEqual([2, count / 2]);
    expect(out?.data).toEqual(new Float32Array(count).fill(0.5));
    await session.release();
  });

  it('give single values as numbers', () => {
    const [weight] = indexModel(adder(1)).tensors.values();
    expect(weight && scalarOf(weight)).toBe(0.5);
  });

  it('are told apart from other files and from halves of themselves', () => {
    const text = join(folder, 'text.onnx');
    writeFileSync(text, 'not a model at all');
    expect(() => indexModel(text)).toThrow();
    const half = join(folder, 'half.onnx');
    writeFileSync(half, createGraph().bytes().slice(0, 5));
    expect(() => indexModel(half)).toThrow('ends before byte');
  });
});
