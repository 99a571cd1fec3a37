import { z } from 'zod';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { addConvolution, paddingOf, type Padding } from './convolution.js';
import { decodeWeights, TfjsWeightsSchema, type Weight } from './tfjs-weights.js';

/**
 * Graph models of TensorFlow.js (a frozen TensorFlow graph and weights) as ONNX: the operators of the convolutional
 * networks in models/manifest.json; any other is an error. TensorFlow computes in NHWC, ONNX convolves in NCHW: every
 * value is kept in the layout in which it came into being, and turned once when a consumer needs the other.
 */

const list = z.object({ i: z.array(z.coerce.number()).optional(), s: z.array(z.string()).optional() });
const AttributeSchema = z.object({
  list: list.optional(),
  s: z.string().optional(),
  shape: z.object({ dim: z.array(z.object({ size: z.coerce.number() })) }).optional(),
});
const NodeSchema = z.object({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string()).default([]),
  attr: z.record(z.string(), AttributeSchema).default({}),
});
const GraphModelSchema = z.object({
  modelTopology: z.object({ node: z.array(NodeSchema) }),
  weightsManifest: TfjsWeightsSchema,
});

type Node = z.infer<typeof NodeSchema>;

/** The names of one value in the ONNX file; at least one is there. Values that are not pictures are `asIs`. */
interface Value {
  asIs?: string;
  nchw?: string;
}

const TO_NCHW = [0, 3, 1, 2];
const TO_NHWC = [0, 2, 3, 1];

/**
 * @param json model.json of TensorFlow.js (format `graph-model`)
 * @param bytes the weights, all shards in a row
 * @param outputs name of the ONNX file's output -> the node whose result it is, in the node's own layout
 * @returns the ONNX file; its input has the name, the layout (NHWC) and the fixed size of the graph's placeholder
 * @throws Error for an operator or an option that is not supported
 */
export function convertGraphModel(
  json: unknown,
  bytes: Uint8Array,
  outputs: Readonly<Record<string, string>>,
): Uint8Array {
  const { modelTopology, weightsManifest } = GraphModelSchema.parse(json);
  const weights = decodeWeights(
    weightsManifest.flatMap((group) => group.weights),
    bytes,
  );
  const nodes = new Map(modelTopology.node.map((node) => [node.name, node]));
  const converter = new GraphConverter(nodes, weights);
  for (const [output, node] of Object.entries(outputs)) converter.output(output, node);
  return converter.graph.build();
}

/** Adds nodes on demand, inputs first: the order in the file does not matter, unused nodes do not come along. */
class GraphConverter {
  readonly graph = new GraphBuilder('graph-model');
  private readonly values = new Map<string, Value>();

  constructor(
    private readonly nodes: ReadonlyMap<string, Node>,
    private readonly weights: ReadonlyMap<string, Weight>,
  ) {}

  output(name: string, node: string): void {
    this.graph.output(name, this.asIs(node));
  }

  private value(reference: string): Value {
    const name = reference.replace(/:0$/, '');
    let value = this.values.get(name);
    if (!value) {
      const node = this.nodes.get(name);
      if (!node) throw new Error(`the graph has no node ${name}`);
      value = this.add(node);
      this.values.set(name, value);
    }
    return value;
  }

  private asIs(reference: string): string {
    const value = this.value(reference);
    return (value.asIs ??= this.graph.node('Transpose', `${value.nchw}/nhwc`, [value.nchw ?? ''], { perm: TO_NHWC }));
  }

  private nchw(reference: string): string {
    const value = this.value(reference);
    return (value.nchw ??= this.graph.node('Transpose', `${value.asIs}/nchw`, [value.asIs ?? ''], { perm: TO_NCHW }));
  }

  private weight(node: Node, index: number): Weight {
    const name = node.input[index]?.replace(/:0$/, '') ?? '';
    return this.weights.get(name) ?? fail(node, `has no weight as input ${index}`);
  }

  private add(node: Node): Value {
    const [first = '', second = ''] = node.input;
    switch (node.op) {
      case 'Placeholder': {
        const dims = node.attr['shape']?.shape?.dim.map(({ size }) => (size > 0 ? size : 'N'));
        return { asIs: this.graph.input(node.name, dims ?? fail(node, 'has no shape')) };
      }
      case 'Const': {
        const weight = this.weights.get(node.name) ?? fail(node, 'has no weight');
        return { asIs: this.graph.constant(node.name, weight.shape, weight.data) };
      }
      case 'Identity':
        return this.value(first);
      case 'Conv2D':
      case '_FusedConv2D':
      case 'DepthwiseConv2dNative':
      case 'FusedDepthwiseConv2dNative':
        return { nchw: this.convolution(node, first) };
      case 'Relu':
      case 'Sigmoid': {
        const { nchw } = this.value(first);
        return nchw === undefined
          ? { asIs: this.graph.node(node.op, node.name, [this.asIs(first)]) }
          : { nchw: this.graph.node(node.op, node.name, [nchw]) };
      }
      case 'Add':
      case 'AddV2':
        return this.sum(node, first, second);
      case 'MaxPool':
        return {
          nchw: this.graph.node('MaxPool', node.name, [this.nchw(first)], {
            kernel_shape: spatial(node, 'ksize'),
            strides: spatial(node, 'strides'),
            ...paddingOf(padding(node)),
          }),
        };
      case 'Pad':
        return { nchw: this.pad(node, first) };
      case 'Reshape': {
        const shape = BigInt64Array.from(this.weight(node, 1).data, BigInt);
        const constant = this.graph.constant(`${node.name}/shape`, [shape.length], shape);
        return { asIs: this.graph.node('Reshape', node.name, [this.asIs(first), constant]) };
      }
      default:
        return fail(node, 'is not supported');
    }
  }

  private convolution(node: Node, input: string): string {
    const fused = node.attr['fused_ops']?.list?.s?.map(decodeText) ?? [];
    const convolution = addConvolution(this.graph, node.name, this.nchw(input), {
      kernel: this.weight(node, 1),
      depthwise: node.op.includes('Depthwise'),
      ...(fused[0] === 'BiasAdd' ? { bias: this.weight(node, 2).data } : {}),
      strides: spatial(node, 'strides'),
      dilations: spatial(node, 'dilations'),
      padding: padding(node),
    });
    switch (fused.join()) {
      case '':
      case 'BiasAdd':
        return convolution;
      case 'BiasAdd,Relu':
        return this.graph.node('Relu', `${node.name}/relu`, [convolution]);
      default:
        return fail(node, `has the unsupported parts ${fused.join()}`);
    }
  }

  /** Two pictures of one size, or two values of any kind as they are; a picture and a constant would need care. */
  private sum(node: Node, first: string, second: string): Value {
    const [a, b] = [this.value(first), this.value(second)];
    if (a.nchw !== undefined && b.nchw !== undefined)
      return { nchw: this.graph.node('Add', node.name, [a.nchw, b.nchw]) };
    return { asIs: this.graph.node('Add', node.name, [this.asIs(first), this.asIs(second)]) };
  }

  private pad(node: Node, input: string): string {
    // [[before, after]] of N, H, W, C becomes all befores, then all afters, of N, C, H, W.
    const { data } = this.weight(node, 1);
    const order = TO_NCHW.map((dimension) => 2 * dimension);
    const pads = [...order, ...order.map((at) => at + 1)].map((at) => BigInt(data[at] ?? 0));
    const constant = this.graph.constant(`${node.name}/pads`, [pads.length], BigInt64Array.from(pads));
    return this.graph.node('Pad', node.name, [this.nchw(input), constant]);
  }
}

function fail(node: Node, what: string): never {
  throw new Error(`node ${node.name} (${node.op}) ${what}`);
}

const decodeText = (base64: string): string => Buffer.from(base64, 'base64').toString();

/** Height and width of an attribute of four numbers [N, H, W, C]. */
function spatial(node: Node, attribute: string): number[] {
  return node.attr[attribute]?.list?.i?.slice(1, 3) ?? [1, 1];
}

function padding(node: Node): Padding {
  const text = decodeText(node.attr['padding']?.s ?? '');
  return text === 'SAME' ? 'same' : text === 'VALID' ? 'valid' : fail(node, `has the unsupported padding ${text}`);
}
