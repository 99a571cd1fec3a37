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
  b: z.boolean().optional(),
  f: z.number().optional(),
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

/** Names of the dimensions of a picture that a graph leaves open. */
const FREE = ['N', 'H', 'W', 'C'];
const COLOURS = 3;
const TO_NCHW = [0, 3, 1, 2];
const TO_NHWC = [0, 2, 3, 1];

/**
 * @param json model.json of TensorFlow.js (format `graph-model`)
 * @param bytes the weights, all shards in a row
 * @param outputs name of the ONNX file's output -> the node whose result it is, in the node's own layout
 * @param begin the node whose result, a picture of any size, the ONNX file's `input` takes in NCHW: the caller does
 *   what the graph does before (scale, mean). Default: the input has the name, the layout (NHWC) and the size of the graph's placeholder
 * @returns the ONNX file
 * @throws Error for an operator or an option that is not supported
 */
export function convertGraphModel(
  json: unknown,
  bytes: Uint8Array,
  outputs: Readonly<Record<string, string>>,
  begin?: string,
): Uint8Array {
  const { modelTopology, weightsManifest } = GraphModelSchema.parse(json);
  const weights = decodeWeights(
    weightsManifest.flatMap((group) => group.weights),
    bytes,
  );
  const nodes = new Map(modelTopology.node.map((node) => [node.name, node]));
  const converter = new GraphConverter(nodes, weights);
  if (begin !== undefined) converter.begin(begin);
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

  begin(node: string): void {
    if (!this.nodes.has(node)) throw new Error(`the graph has no node ${node}`);
    this.values.set(node, { nchw: this.graph.input('input', ['N', COLOURS, 'H', 'W']) });
  }

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
    const [first = ''] = node.input;
    switch (node.op) {
      case 'Placeholder': {
        const dims = node.attr['shape']?.shape?.dim.map(({ size }, at) => (size > 0 ? size : (FREE[at] ?? 'N')));
        return { asIs: this.graph.input(node.name, dims ?? fail(node, 'has no shape')) };
      }
      case 'Const': {
        const weight = this.weights.get(node.name) ?? fail(node, 'has no weight');
        return { asIs: this.graph.constant(node.name, weight.shape, weight.data) };
      }
      case 'Identity':
      case 'Cast': // of the whole numbers that a picture comes in, which are floats here
        return this.value(first);
      case 'Conv2D':
      case '_FusedConv2D':
      case 'DepthwiseConv2dNative':
      case 'FusedDepthwiseConv2dNative':
        return { nchw: this.convolution(node, first) };
      case 'Mean':
        if (this.weight(node, 1).data.join() !== '1,2' || node.attr['keep_dims']?.b !== true)
          return fail(node, 'is not over height and width');
        return { nchw: this.graph.node('GlobalAveragePool', node.name, [this.nchw(first)]) };
      case 'ConcatV2':
        return this.concat(node);
      case 'ResizeBilinear':
        return { nchw: this.resize(node, first) };
      case 'Transpose': {
        const order = this.weight(node, 1).data.join();
        if (order === TO_NHWC.join()) return { nchw: this.asIs(first) };
        if (order === TO_NCHW.join()) return { asIs: this.nchw(first) };
        return fail(node, `has the unsupported order ${order}`);
      }
      case 'MaxPool':
        return {
          nchw: this.graph.node('MaxPool', node.name, [this.nchw(first)], {
            kernel_shape: spatial(node, 'ksize'),
            strides: spatial(node, 'strides'),
            ...paddingOf(padding(node)),
          }),
        };
      case 'Pad':
      case 'PadV2':
        return this.pad(node, first);
      case 'Reshape': {
        const shape = BigInt64Array.from(this.weight(node, 1).data, BigInt);
        const constant = this.graph.constant(`${node.name}/shape`, [shape.length], shape);
        return { asIs: this.graph.node('Reshape', node.name, [this.asIs(first), constant]) };
      }
      default:
        return this.addElementwise(node);
    }
  }

  private addElementwise(node: Node): Value {
    const [first = '', second = ''] = node.input;
    switch (node.op) {
      case 'Relu':
      case 'Sigmoid':
        return this.elementwise(first, (value) => this.graph.node(node.op, node.name, [value]));
      case 'Relu6':
        return this.elementwise(first, (value) => this.relu6(node.name, value));
      case 'LeakyRelu': {
        const alpha = { float: node.attr['alpha']?.f ?? fail(node, 'has no alpha') };
        return this.elementwise(first, (value) => this.graph.node('LeakyRelu', node.name, [value], { alpha }));
      }
      case 'Prelu':
        return { nchw: this.prelu(node, node.name, this.nchw(first), 1) };
      case 'Add':
      case 'AddV2':
        return this.arithmetic(node, 'Add', first, second);
      case 'Sub':
      case 'Mul':
        return this.arithmetic(node, node.op, first, second);
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
      case 'BiasAdd,Relu6':
        return this.relu6(`${node.name}/relu6`, convolution);
      case 'BiasAdd,Prelu':
        return this.prelu(node, `${node.name}/prelu`, convolution, 3);
      default:
        return fail(node, `has the unsupported parts ${fused.join()}`);
    }
  }

  private relu6(name: string, value: string): string {
    const bounds = [0, 6].map((bound) => this.graph.constant(`${name}/${bound}`, [], Float32Array.of(bound)));
    return this.graph.node('Clip', name, [value, ...bounds]);
  }

  /** @param index which of the node's inputs are the slopes, one for each channel */
  private prelu(node: Node, name: string, value: string, index: number): string {
    const { shape, data } = this.weight(node, index);
    if (data.length !== shape.at(-1)) return fail(node, 'has slopes that are not of channels');
    const slopes = this.graph.constant(`${name}/slopes`, [data.length, 1, 1], data);
    return this.graph.node('PRelu', name, [value, slopes]);
  }

  /** In whichever layout the value is there already. */
  private elementwise(input: string, add: (value: string) => string): Value {
    const { nchw } = this.value(input);
    return nchw === undefined ? { asIs: add(this.asIs(input)) } : { nchw: add(nchw) };
  }

  /** Two pictures, one perhaps of one pixel; a picture and a number or one for each channel; or two values as they are. */
  private arithmetic(node: Node, operator: string, first: string, second: string): Value {
    const inputs = [first, second];
    const isConstant = (reference: string): boolean => this.weights.has(reference.replace(/:0$/, ''));
    const pictures = inputs.filter((reference) => !isConstant(reference));
    if (pictures.length === 0 || pictures.some((picture) => this.value(picture).nchw === undefined))
      return { asIs: this.graph.node(operator, node.name, [this.asIs(first), this.asIs(second)]) };
    const operands = inputs.map((reference, at) => {
      if (!isConstant(reference)) return this.nchw(reference);
      const { shape, data } = this.weight(node, at);
      if (data.length > 1 && data.length !== shape.at(-1)) return fail(node, 'has a constant that is not of channels');
      return this.graph.constant(`${node.name}/${at}`, data.length > 1 ? [1, data.length, 1, 1] : [], data);
    });
    return { nchw: this.graph.node(operator, node.name, operands) };
  }

  private concat(node: Node): Value {
    const inputs = node.input.slice(0, -1);
    const axis = this.weight(node, inputs.length).data[0] ?? fail(node, 'has no axis');
    if (inputs.some((input) => this.value(input).nchw === undefined))
      return {
        asIs: this.graph.node(
          'Concat',
          node.name,
          inputs.map((input) => this.asIs(input)),
          { axis },
        ),
      };
    const turned = TO_NCHW.indexOf((axis + 4) % 4);
    return {
      nchw: this.graph.node(
        'Concat',
        node.name,
        inputs.map((input) => this.nchw(input)),
        { axis: turned },
      ),
    };
  }

  /** To a constant size, or to a multiple of the picture's own, which the graph reckons from its shape. */
  private resize(node: Node, input: string): string {
    if (node.attr['align_corners']?.b) return fail(node, 'aligns corners');
    const picture = this.nchw(input);
    const coordinates = node.attr['half_pixel_centers']?.b ? 'half_pixel' : 'asymmetric';
    const options = { mode: 'linear', coordinate_transformation_mode: coordinates };
    const size = node.input[1] ?? '';
    const constant = this.weights.get(size);
    if (!constant) {
      const factors = Float32Array.of(1, 1, ...this.factorsOf(node, size));
      const scales = this.graph.constant(`${node.name}/scales`, [4], factors);
      return this.graph.node('Resize', node.name, [picture, '', scales], options);
    }
    const whole = (part: string, values: readonly number[]): string =>
      this.graph.constant(`${node.name}/${part}`, [values.length], BigInt64Array.from(values, BigInt));
    const shape = this.graph.node('Shape', `${node.name}/shape`, [picture]);
    const kept = this.graph.node('Slice', `${node.name}/kept`, [shape, whole('from', [0]), whole('to', [2])]);
    const sizes = this.graph.node('Concat', `${node.name}/sizes`, [kept, whole('size', [...constant.data])], {
      axis: 0,
    });
    return this.graph.node('Resize', node.name, [picture, '', '', sizes], options);
  }

  /** Height and width of a size that is `Shape(x)[1:3] * factors`. */
  private factorsOf(node: Node, size: string): Float32Array {
    const product = this.nodes.get(size);
    const slice = this.nodes.get(product?.input[0] ?? '');
    const shape = this.nodes.get(slice?.input[0] ?? '');
    if (
      product?.op !== 'Mul' ||
      slice?.op !== 'StridedSlice' ||
      shape?.op !== 'Shape' ||
      shape.input[0] !== node.input[0]
    )
      return fail(node, 'has a size that is no multiple of its own');
    return this.weight(product, 1).data;
  }

  private pad(node: Node, input: string): Value {
    const { data } = this.weight(node, 1);
    const { nchw } = this.value(input);
    // [[before, after]] of N, H, W, C becomes all befores, then all afters, of N, C, H, W (or of any order, as it is).
    const order = (nchw === undefined ? [0, 1, 2, 3] : TO_NCHW).map((dimension) => 2 * dimension);
    const pads = [...order, ...order.map((at) => at + 1)].map((at) => BigInt(data[at] ?? 0));
    const constant = this.graph.constant(`${node.name}/pads`, [pads.length], BigInt64Array.from(pads));
    const value = node.op === 'PadV2' ? [this.graph.constant(`${node.name}/value`, [], this.weight(node, 2).data)] : [];
    return this.elementwise(input, (picture) => this.graph.node('Pad', node.name, [picture, constant, ...value]));
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
