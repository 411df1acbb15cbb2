/** Indexes an ONNX file: its nodes, and where in the file its weights lie. Weights themselves are not read. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { BYTES, FIELD, FIXED32, FIXED64, VARINT } from './onnx-fields.ts';

export interface OnnxNode {
  readonly name: string;
  readonly inputs: readonly string[];
}

export interface OnnxTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** `TensorProto.DataType`. */
  readonly type: number;
  /** Little-endian values of a small tensor, or where those of a large one lie in the file. */
  readonly content: Uint8Array | Span;
}

/** Nodes and weights by name, those of nested graphs (branches of an `If`) included. */
export interface OnnxIndex {
  readonly path: string;
  readonly nodes: ReadonlyMap<string, OnnxNode>;
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
}

/** Tensors up to this size are kept in memory: biases and norms, not matrices. */
const SMALL = 64 * 1024;

const FLOAT = 1;

export function indexModel(path: string): OnnxIndex {
  const nodes = new Map<string, OnnxNode>();
  const tensors = new Map<string, OnnxTensor>();
  const file = openFile(path);
  try {
    for (const model of fieldsOf(file, 0, file.length)) {
      if (model.field !== FIELD.model.graph) continue;
      for (const part of fieldsOf(file, model.start, model.end)) {
        if (part.field === FIELD.graph.initializer) {
          const tensor = readTensor(file, part);
          tensors.set(tensor.name, tensor);
        } else if (part.field === FIELD.graph.node) {
          const content = memory(file.bytes(part.start, part.end));
          readNode(content, { start: 0, end: part.end - part.start }, nodes);
        }
      }
    }
  } finally {
    file.close();
  }
  return { path, nodes, tensors };
}

/** Value of a tensor with one float or one 8-bit integer. */
export function scalarOf({ name, type, content }: OnnxTensor): number {
  if (!(content instanceof Uint8Array)) throw new Error(`The weights ${name} are not a scalar.`);
  const view = new DataView(content.buffer, content.byteOffset);
  return type === FLOAT ? view.getFloat32(0, true) : view.getUint8(0);
}

function readNode(source: Source, span: Span, nodes: Map<string, OnnxNode>): void {
  const inputs: string[] = [];
  let name = '';
  for (const { field, start, end } of fieldsOf(source, span.start, span.end)) {
    if (field === FIELD.node.input) inputs.push(textIn(source, start, end));
    else if (field === FIELD.node.name) name = textIn(source, start, end);
    else if (field === FIELD.node.attribute) readBranches(source, { start, end }, nodes);
  }
  nodes.set(name, { name, inputs });
}

function readBranches(source: Source, attribute: Span, nodes: Map<string, OnnxNode>): void {
  for (const branch of fieldsOf(source, attribute.start, attribute.end)) {
    if (branch.field !== FIELD.attribute.graph) continue;
    for (const part of fieldsOf(source, branch.start, branch.end)) {
      if (part.field === FIELD.graph.node) readNode(source, part, nodes);
    }
  }
}

function readTensor(source: Source, span: Span): OnnxTensor {
  const dimensions: number[] = [];
  let name = '';
  let type = 0;
  let content: OnnxTensor['content'] = new Uint8Array(0);
  for (const { field, start, end, number } of fieldsOf(source, span.start, span.end)) {
    if (field === FIELD.tensor.dimension) dimensions.push(number ?? 0);
    else if (field === FIELD.tensor.type) type = number ?? 0;
    else if (field === FIELD.tensor.name) name = textIn(source, start, end);
    else if (field === FIELD.tensor.int32Data)
      content = packedBytes(source, { start, end }, number);
    else if (field === FIELD.tensor.rawData || field === FIELD.tensor.floatData) {
      content = end - start > SMALL ? { start, end } : source.bytes(start, end);
    }
  }
  return { name, dimensions, type, content };
}

/** 8-bit tensors of a few elements are stored as a list of 32-bit varints. */
function packedBytes(source: Source, span: Span, single: number | undefined): Uint8Array {
  if (single !== undefined) return Uint8Array.of(single);
  const bytes: number[] = [];
  for (let offset = span.start; offset < span.end;) {
    const { value, end } = varintAt(source, offset);
    bytes.push(value);
    offset = end;
  }
  return Uint8Array.from(bytes);
}

/** From the first byte to before the last one. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Field extends Span {
  readonly field: number;
  /** Value of a varint field. */
  readonly number?: number;
}

/** Bytes to parse: a file or a part of it in memory. */
interface Source {
  byte(offset: number): number;
  bytes(start: number, end: number): Uint8Array;
}

function* fieldsOf(source: Source, from: number, until: number): Generator<Field> {
  let offset = from;
  while (offset < until) {
    const key = varintAt(source, offset);
    const field = Math.floor(key.value / 8);
    const wireType = key.value % 8;
    if (wireType === VARINT) {
      const { value, end } = varintAt(source, key.end);
      yield { field, start: key.end, end, number: value };
      offset = end;
    } else {
      const span = sizedSpan(source, key.end, wireType);
      yield { field, ...span };
      offset = span.end;
    }
  }
}

function sizedSpan(source: Source, start: number, wireType: number): Span {
  if (wireType === FIXED32) return { start, end: start + 4 };
  if (wireType === FIXED64) return { start, end: start + 8 };
  if (wireType !== BYTES) throw new Error(`Not an ONNX model: protobuf wire type ${wireType}.`);
  const length = varintAt(source, start);
  return { start: length.end, end: length.end + length.value };
}

function varintAt(source: Source, start: number): { value: number; end: number } {
  let value = 0;
  let scale = 1;
  for (let offset = start; ; offset++) {
    const byte = source.byte(offset);
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: offset + 1 };
    scale *= 128;
  }
}

const decoder = new TextDecoder();
const textIn = (source: Source, start: number, end: number): string =>
  decoder.decode(source.bytes(start, end));

function memory(content: Uint8Array): Source {
  return {
    byte: (offset) => content[offset] ?? outside(offset),
    bytes: (start, end) => content.subarray(start, end),
  };
}

/** Reads ahead a little, because the headers between two weights are a few dozen bytes. */
function openFile(path: string): Source & { readonly length: number; close(): void } {
  const descriptor = openSync(path, 'r');
  const ahead = new Uint8Array(4096);
  let aheadStart = 0;
  let aheadEnd = 0;
  return {
    length: fstatSync(descriptor).size,
    byte(offset) {
      if (offset < aheadStart || offset >= aheadEnd) {
        aheadStart = offset;
        aheadEnd = offset + readSync(descriptor, ahead, 0, ahead.length, offset);
      }
      return offset < aheadEnd ? (ahead[offset - aheadStart] as number) : outside(offset);
    },
    bytes(start, end) {
      const content = new Uint8Array(end - start);
      if (readSync(descriptor, content, 0, content.length, start) < content.length) outside(end);
      return content;
    },
    close: () => closeSync(descriptor),
  };
}

function outside(offset: number): never {
  throw new Error(`The ONNX model ends before byte ${offset}.`);
}
