/** Writes an ONNX model node by node. Weights stay where they are: the model refers to places in other files. */

import { BYTES, FIELD, FIXED32, VARINT } from './onnx-fields.ts';
import type { OnnxTensor } from './onnx-reader.ts';

export type ElementType = 'float32' | 'uint8' | 'int64';

/** `TensorProto.DataType`. */
const ELEMENT_TYPE: Record<ElementType, number> = { float32: 1, uint8: 2, int64: 7 };

/** Whole numbers, lists of them, and `{ float }` for what ONNX declares as a float. */
export type Attributes = Readonly<Record<string, number | readonly number[] | { float: number }>>;

export type Dimensions = readonly (number | string)[];

export interface Graph {
  /** Takes weights of another model over, under new dimensions when given, and returns their name. */
  weights(tensor: OnnxTensor, file: string, dimensions?: readonly number[]): string;
  constant(type: ElementType, dimensions: readonly number[], values: ArrayBufferView): string;
  input(name: string, type: ElementType, dimensions: Dimensions): string;
  output(name: string, type: ElementType, dimensions: Dimensions): void;
  /** Adds a node with one output and returns the output's name. */
  add(operator: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Adds a node with several outputs; an empty name leaves one out. */
  addTo(
    outputs: readonly string[],
    operator: string,
    inputs: readonly string[],
    attributes?: Attributes,
  ): void;
  bytes(): Uint8Array;
}

const IR_VERSION = 10;
const OPERATOR_SET = 17;
/** Domain of ONNX Runtime's own operators, which are written with it: `com.microsoft.Gelu`. */
const CONTRIB = 'com.microsoft';
const EXTERNAL = 1;

export function createGraph(): Graph {
  const graph: Uint8Array[] = [];
  const taken = new Map<string, string>();
  let names = 0;
  const inventName = (): string => `v${names++}`;

  const addTo: Graph['addTo'] = (outputs, operator, inputs, attributes = {}) => {
    const isContrib = operator.startsWith(`${CONTRIB}.`);
    const name = isContrib ? operator.slice(CONTRIB.length + 1) : operator;
    graph.push(
      ...message(FIELD.graph.node, [
        ...inputs.flatMap((input) => text(FIELD.node.input, input)),
        ...outputs.flatMap((output) => text(FIELD.node.output, output)),
        ...text(FIELD.node.operator, name),
        ...Object.entries(attributes).flatMap(([key, value]) => attribute(key, value)),
        ...text(FIELD.node.domain, isContrib ? CONTRIB : ''),
      ]),
    );
  };

  return {
    weights(tensor, file, dimensions = tensor.dimensions) {
      const key = `${file}/${tensor.name}/${dimensions.join('x')}`;
      const known = taken.get(key);
      if (known !== undefined) return known;
      const name = inventName();
      taken.set(key, name);
      graph.push(...message(FIELD.graph.initializer, weights(name, tensor, file, dimensions)));
      return name;
    },
    constant(type, dimensions, values) {
      const name = inventName();
      const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      graph.push(
        ...message(FIELD.graph.initializer, [
          ...tensorHeader(name, ELEMENT_TYPE[type], dimensions),
          ...message(FIELD.tensor.rawData, [raw]),
        ]),
      );
      return name;
    },
    input(name, type, dimensions) {
      graph.push(...message(FIELD.graph.input, valueInfo(name, type, dimensions)));
      return name;
    },
    output(name, type, dimensions) {
      graph.push(...message(FIELD.graph.output, valueInfo(name, type, dimensions)));
    },
    add(operator, inputs, attributes) {
      const output = inventName();
      addTo([output], operator, inputs, attributes);
      return output;
    },
    addTo,
    bytes: () =>
      concatenated([
        ...number(FIELD.model.irVersion, IR_VERSION),
        ...message(FIELD.model.graph, [...text(FIELD.graph.name, 'moonshine'), ...graph]),
        ...operatorSet('', OPERATOR_SET),
        ...operatorSet(CONTRIB, 1),
      ]),
  };
}

/** An encoded message in pieces. */
type Encoded = readonly Uint8Array[];

function weights(
  name: string,
  tensor: OnnxTensor,
  file: string,
  dimensions: readonly number[],
): Encoded {
  const header = tensorHeader(name, tensor.type, dimensions);
  const { content } = tensor;
  if (content instanceof Uint8Array)
    return [...header, ...message(FIELD.tensor.rawData, [content])];
  return [
    ...header,
    ...entry('location', file),
    ...entry('offset', String(content.start)),
    ...entry('length', String(content.end - content.start)),
    ...number(FIELD.tensor.dataLocation, EXTERNAL),
  ];
}

const tensorHeader = (name: string, type: number, dimensions: readonly number[]): Encoded => [
  ...dimensions.flatMap((dimension) => number(FIELD.tensor.dimension, dimension)),
  ...number(FIELD.tensor.type, type),
  ...text(FIELD.tensor.name, name),
];

const entry = (key: string, value: string): Encoded =>
  message(FIELD.tensor.externalData, [
    ...text(FIELD.entry.key, key),
    ...text(FIELD.entry.value, value),
  ]);

const operatorSet = (domain: string, version: number): Encoded =>
  message(FIELD.model.operatorSet, [
    ...text(FIELD.operatorSet.domain, domain),
    ...number(FIELD.operatorSet.version, version),
  ]);

/** `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPE = { float: 1, integer: 2, integers: 7 } as const;

function attribute(name: string, value: Attributes[string]): Encoded {
  const part = FIELD.attribute;
  if (typeof value === 'number') {
    return message(FIELD.node.attribute, [
      ...text(part.name, name),
      ...number(part.integer, value),
      ...number(part.type, ATTRIBUTE_TYPE.integer),
    ]);
  }
  if ('float' in value) {
    return message(FIELD.node.attribute, [
      ...text(part.name, name),
      key(part.float, FIXED32),
      new Uint8Array(Float32Array.of(value.float).buffer),
      ...number(part.type, ATTRIBUTE_TYPE.float),
    ]);
  }
  return message(FIELD.node.attribute, [
    ...text(part.name, name),
    ...value.flatMap((item) => number(part.integers, item)),
    ...number(part.type, ATTRIBUTE_TYPE.integers),
  ]);
}

function valueInfo(name: string, type: ElementType, dimensions: Dimensions): Encoded {
  const shape = dimensions.flatMap((dimension) =>
    message(
      FIELD.shape.dimension,
      typeof dimension === 'number'
        ? number(FIELD.dimension.value, dimension)
        : text(FIELD.dimension.parameter, dimension),
    ),
  );
  const tensor = [
    ...number(FIELD.tensorType.elementType, ELEMENT_TYPE[type]),
    ...message(FIELD.tensorType.shape, shape),
  ];
  return [
    ...text(FIELD.value.name, name),
    ...message(FIELD.value.type, message(FIELD.valueType.tensor, tensor)),
  ];
}

const encoder = new TextEncoder();
const key = (field: number, wireType: number): Uint8Array => varint(field * 8 + wireType);
const number = (field: number, value: number): Encoded => [key(field, VARINT), varint(value)];
const text = (field: number, value: string): Encoded => message(field, [encoder.encode(value)]);

function message(field: number, content: Encoded): Encoded {
  const length = content.reduce((sum, piece) => sum + piece.length, 0);
  return [key(field, BYTES), varint(length), ...content];
}

/** Negative numbers take ten bytes, as 64-bit two's complement. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

function concatenated(pieces: Encoded): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
