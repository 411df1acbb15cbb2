/** Protobuf wire types and the field numbers of `onnx.proto` that are read or written here. */

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

export const FIELD = {
  model: { irVersion: 1, graph: 7, operatorSet: 8 },
  operatorSet: { domain: 1, version: 2 },
  graph: { node: 1, name: 2, initializer: 5, input: 11, output: 12 },
  node: { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 },
  attribute: { name: 1, float: 2, integer: 3, graph: 6, integers: 8, type: 20 },
  tensor: {
    dimension: 1,
    type: 2,
    floatData: 4,
    int32Data: 5,
    name: 8,
    rawData: 9,
    externalData: 13,
    dataLocation: 14,
  },
  entry: { key: 1, value: 2 },
  value: { name: 1, type: 2 },
  valueType: { tensor: 1 },
  tensorType: { elementType: 1, shape: 2 },
  shape: { dimension: 1 },
  dimension: { value: 1, parameter: 2 },
} as const;
