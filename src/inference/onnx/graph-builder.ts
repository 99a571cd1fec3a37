import {
  AttributeType,
  DataType,
  encodeModel,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './proto.js';

/** A dimension: a size, or a name for one that is known at run time only. */
export type Dimension = number | string;

type AttributeValue = number | string | readonly number[] | { readonly float: number };

/** Operator set 13: the first with 8-bit weights for every channel; every ONNX Runtime since 1.8 (2021) knows it. */
const OPSET = 13;
const IR_VERSION = 7;

/** Builds a dense float network, node by node. Values are known by name; every method answers the name it made. */
export class GraphBuilder {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers = new Map<string, OnnxTensor>();
  private readonly inputs: OnnxValue[] = [];
  private readonly outputs: OnnxValue[] = [];

  constructor(private readonly name: string) {}

  input(name: string, dims: readonly Dimension[]): string {
    this.inputs.push(floatValue(name, dims));
    return name;
  }

  /** Names `value` as an output of the network; without `dims` its shape is left open. */
  output(name: string, value: string, dims?: readonly Dimension[]): void {
    if (name !== value) this.nodes.push({ name, opType: 'Identity', input: [value], output: [name], attribute: [] });
    this.outputs.push(floatValue(name, dims));
  }

  constant(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): string {
    this.initializers.set(name, tensor(name, dims, data));
    return name;
  }

  /** Adds one operator of one output, which has the operator's name. */
  node(
    opType: string,
    name: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    const attribute = Object.entries(attributes).map(([key, value]) => toAttribute(key, value));
    this.nodes.push({ name, opType, input: [...input], output: [name], attribute });
    return name;
  }

  build(): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'kinoscope',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: {
        name: this.name,
        node: this.nodes,
        initializer: [...this.initializers.values()],
        input: this.inputs,
        output: this.outputs,
      },
    });
  }
}

export function tensor(
  name: string,
  dims: readonly number[],
  data: Float32Array | BigInt64Array | Int8Array | Uint8Array | Int32Array,
): OnnxTensor {
  const dataType =
    data instanceof Float32Array
      ? DataType.float
      : data instanceof BigInt64Array
        ? DataType.int64
        : data instanceof Int8Array
          ? DataType.int8
          : data instanceof Int32Array
            ? DataType.int32
            : DataType.uint8;
  // Typed arrays have the machine's byte order, which is little-endian on every platform that ONNX Runtime ships for.
  return { name, dims: [...dims], dataType, rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function floatValue(name: string, dims?: readonly Dimension[]): OnnxValue {
  const dim = dims?.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DataType.float, ...(dim ? { shape: { dim } } : {}) } } };
}

function toAttribute(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === 'number') return { name, type: AttributeType.int, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.string, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.float, f: value.float };
  return { name, type: AttributeType.ints, ints: [...value] };
}
