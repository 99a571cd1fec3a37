import { tensor } from '../onnx/graph-builder.js';
import {
  AttributeType,
  DataType,
  decodeModel,
  encodeModel,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
} from '../onnx/proto.js';

/**
 * The same network with less to compute, for files whose exporter wrote out every scalar step. `x * scale + shift` moves
 * into the convolution before or after it where that is exact, and else becomes a convolution of one weight a channel:
 * ONNX Runtime keeps its blocked memory layout through convolutions, products of equal shapes and the activations that it
 * joins to a convolution, and reorders the whole tensor for anything else. `x + x * s`, with one `s` a channel, becomes
 * `x * (1 + s)`. Results differ in the last digits of a float.
 */
export function foldModel(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  model.graph = new Folding(model.graph).fold();
  return encodeModel(model);
}

/** `x * scale + shift`, with one number, or one a channel. */
interface Affine {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/** What stands in the graph for an affine step until it is folded away or written out again. */
const AFFINE = 'Affine';

class Folding {
  private nodes: OnnxNode[];
  private readonly constants: Map<string, OnnxTensor>;
  /** By the output of the node. */
  private readonly affines = new Map<string, Affine>();

  constructor(private readonly graph: OnnxGraph) {
    this.constants = new Map(graph.initializer.map((one) => [one.name, one]));
    for (const {
      opType,
      output: [name = ''],
      attribute,
    } of graph.node) {
      const value = attribute[0]?.t;
      if (opType === 'Constant' && value !== undefined) this.constants.set(name, { ...value, name });
    }
    this.nodes = graph.node.filter(({ opType }) => opType !== 'Constant');
  }

  fold(): OnnxGraph {
    this.gatherAffines();
    for (const output of this.affines.keys()) this.foldIntoConvolutions(output);
    this.nodes = this.nodes.map((node) => (isAffine(node) ? this.writtenOut(node) : node));
    this.foldResiduals();
    this.dropUnused();
    const needed = new Set(this.nodes.flatMap(({ input }) => input));
    return {
      ...this.graph,
      node: this.nodes,
      input: this.graph.input.filter(({ name }) => !this.constants.has(name)),
      initializer: [...this.constants.values()].filter(({ name }) => needed.has(name)),
      valueInfo: [],
    };
  }

  private isResult(name: string): boolean {
    return this.graph.output.some((output) => output.name === name);
  }

  private users(name: string): OnnxNode[] {
    return this.nodes.filter(({ input }) => input.includes(name));
  }

  private producer(name: string): OnnxNode | undefined {
    return this.nodes.find(({ output }) => output[0] === name);
  }

  /** A constant of one number, or of one number a channel. */
  private perChannel(name = ''): Float32Array | null {
    const constant = this.constants.get(name);
    if (constant?.dataType !== DataType.float) return null;
    const values = floats(constant);
    const [batch, channels, height, width] = constant.dims;
    const ofChannels = batch === 1 && channels === values.length && height === 1 && width === 1;
    return values.length === 1 || ofChannels ? values : null;
  }

  private affineOf({
    opType,
    input: [a = '', b = '', ...others],
    attribute,
  }: OnnxNode): { input: string; affine: Affine } | null {
    if (opType === 'BatchNormalization') {
      const epsilon = attribute.find(({ name }) => name === 'epsilon')?.f ?? 1e-5;
      const [gain, shift, mean, variance] = [b, ...others].map((name) => floats(this.constants.get(name)!));
      const scale = gain!.map((g, k) => g / Math.sqrt(variance![k]! + epsilon));
      return { input: a, affine: { scale, shift: shift!.map((s, k) => s - mean![k]! * scale[k]!) } };
    }
    const flipped = this.constants.has(a) && opType !== 'Div';
    const input = flipped ? b : a;
    const values = this.perChannel(flipped ? a : b);
    if (values === null || this.channels(input) === null) return null;
    switch (opType) {
      case 'Mul':
        return { input, affine: { scale: values, shift: Float32Array.of(0) } };
      case 'Div':
        return { input, affine: { scale: values.map((value) => 1 / value), shift: Float32Array.of(0) } };
      case 'Add':
        return { input, affine: { scale: Float32Array.of(1), shift: values } };
      default:
        return null;
    }
  }

  /** A chain of affine steps becomes one step, in the place of the last. */
  private gatherAffines(): void {
    for (const [k, node] of this.nodes.entries()) {
      const own = this.affineOf(node);
      if (own === null) continue;
      const before = this.producer(own.input);
      const first = this.affines.get(own.input);
      const joined = before !== undefined && first !== undefined && this.users(own.input).length === 1;
      this.nodes[k] = { ...node, opType: AFFINE, input: [joined ? before.input[0]! : own.input], attribute: [] };
      if (joined) this.affines.delete(own.input);
      this.affines.set(node.output[0]!, joined ? chained(first, own.affine) : own.affine);
    }
    this.dropUnused();
  }

  private foldIntoConvolutions(to: string): void {
    const [from = ''] = this.producer(to)!.input;
    const affine = this.affines.get(to)!;
    const before = this.producer(from);
    const after = this.users(to);
    if (before !== undefined && isConvolution(before) && this.users(from).length === 1) {
      this.scaleOutput(before, affine);
      this.nodes = this.nodes
        .filter(({ output }) => output[0] !== to)
        .map((node) => (node.output[0] === from ? { ...node, output: [to] } : node));
    } else if (!this.isResult(to) && after.every(isPlainConvolution)) {
      for (const user of after) this.scaleInput(user, affine);
      this.nodes = this.nodes
        .filter(({ output }) => output[0] !== to)
        .map((node) => ({ ...node, input: node.input.map((name) => (name === to ? from : name)) }));
    }
  }

  private parameters(node: OnnxNode): { dims: readonly number[]; weights: Float32Array; bias: Float32Array } {
    const { dims, ...rest } = this.constants.get(node.input[1]!)!;
    const given = this.constants.get(node.input[2] ?? '');
    return {
      dims,
      weights: floats({ dims, ...rest }),
      bias: given === undefined ? new Float32Array(channelsOf(node, dims)) : floats(given),
    };
  }

  private setParameters(node: OnnxNode, dims: readonly number[], weights: Float32Array, bias: Float32Array): void {
    const [output = ''] = node.output;
    const input = [node.input[0]!, `${output}.weights`, `${output}.bias`];
    this.constants.set(input[1]!, tensor(input[1]!, dims, weights));
    this.constants.set(input[2]!, tensor(input[2]!, [bias.length], bias));
    this.nodes = this.nodes.map((one) => (one.output[0] === output ? { ...one, input } : one));
  }

  private scaleOutput(node: OnnxNode, { scale, shift }: Affine): void {
    const { dims, weights, bias } = this.parameters(node);
    // Weights are [out, in, ...], those of a transposed convolution [in, out, ...].
    const inner = dims.slice(node.opType === 'Conv' ? 1 : 2).reduce((a, b) => a * b, 1);
    const scaled = weights.map((weight, k) => weight * at(scale, Math.floor(k / inner) % bias.length));
    this.setParameters(
      node,
      dims,
      scaled,
      bias.map((value, k) => value * at(scale, k) + at(shift, k)),
    );
  }

  private scaleInput(node: OnnxNode, { scale, shift }: Affine): void {
    const { dims, weights, bias } = this.parameters(node);
    const [, inputs = 1, height = 1, width = 1] = dims;
    const inner = height * width;
    const shifted = bias.map((value, out) => {
      let sum = value;
      for (let k = 0; k < inputs * inner; k++)
        sum += weights[out * inputs * inner + k]! * at(shift, Math.floor(k / inner));
      return sum;
    });
    this.setParameters(
      node,
      dims,
      weights.map((weight, k) => weight * at(scale, Math.floor(k / inner) % inputs)),
      shifted,
    );
  }

  /** Channels of a value that a convolution made, or what goes number by number from there; null for any other. */
  private channels(name: string): number | null {
    const node = this.producer(name);
    if (node === undefined) return null;
    if (isConvolution(node)) return channelsOf(node, this.constants.get(node.input[1]!)!.dims);
    if (!ELEMENTWISE.has(node.opType)) return null;
    return this.channels(node.input.find((input) => !this.constants.has(input))!);
  }

  private writtenOut(node: OnnxNode): OnnxNode {
    const [[input = ''], [output = '']] = [node.input, node.output];
    const { scale, shift } = this.affines.get(output)!;
    const channels = this.channels(input)!;
    const names = [`${output}.weights`, `${output}.bias`] as const;
    this.constants.set(
      names[0],
      tensor(
        names[0],
        [channels, 1, 1, 1],
        Float32Array.from({ length: channels }, (_, k) => at(scale, k)),
      ),
    );
    this.constants.set(
      names[1],
      tensor(
        names[1],
        [channels],
        Float32Array.from({ length: channels }, (_, k) => at(shift, k)),
      ),
    );
    return {
      ...node,
      opType: 'Conv',
      input: [input, ...names],
      attribute: [
        { name: 'group', type: AttributeType.int, i: channels },
        { name: 'kernel_shape', type: AttributeType.ints, ints: [1, 1] },
      ],
    };
  }

  private foldResiduals(): void {
    this.nodes = this.nodes.flatMap((node) => {
      const [x = '', product = ''] = node.input;
      const times = this.producer(product);
      const s = times?.input[1];
      if (node.opType !== 'Add' || times?.opType !== 'Mul' || times.input[0] !== x || s === undefined) return [node];
      const [one, sum] = [`${product}.one`, `${product}.sum`];
      this.constants.set(one, tensor(one, [1], Float32Array.of(1)));
      return [
        { name: sum, opType: 'Add', input: [s, one], output: [sum], attribute: [] },
        { ...node, opType: 'Mul', input: [x, sum] },
      ];
    });
  }

  private dropUnused(): void {
    for (let before = Infinity; this.nodes.length < before;) {
      before = this.nodes.length;
      const used = new Set(this.nodes.flatMap(({ input }) => input));
      this.nodes = this.nodes.filter(({ output }) => output.some((name) => used.has(name) || this.isResult(name)));
    }
  }
}

const ELEMENTWISE: ReadonlySet<string> = new Set([AFFINE, 'Add', 'Mul', 'Div', 'Clip', 'Relu', 'BatchNormalization']);

const isAffine = ({ opType }: OnnxNode): boolean => opType === AFFINE;
const isConvolution = ({ opType }: OnnxNode): boolean => opType === 'Conv' || opType === 'ConvTranspose';

/** One that sees nothing beyond the picture's edge and has all channels in one group. */
function isPlainConvolution({ opType, attribute }: OnnxNode): boolean {
  const padded = attribute.some(
    ({ name, ints = [] }) => name === 'auto_pad' || (name === 'pads' && ints.some((pad) => pad !== 0)),
  );
  const grouped = attribute.some(({ name, i = 1 }) => name === 'group' && i !== 1);
  return opType === 'Conv' && !padded && !grouped;
}

/** Channels that come out. */
const channelsOf = ({ opType }: OnnxNode, dims: readonly number[]): number => (opType === 'Conv' ? dims[0]! : dims[1]!);

const at = (values: Float32Array, k: number): number => (values.length === 1 ? values[0]! : values[k]!);

function chained(first: Affine, second: Affine): Affine {
  const length = Math.max(...[first, second].flatMap(({ scale, shift }) => [scale.length, shift.length]));
  const each = (make: (k: number) => number): Float32Array => Float32Array.from({ length }, (_, k) => make(k));
  return {
    scale: each((k) => at(first.scale, k) * at(second.scale, k)),
    shift: each((k) => at(first.shift, k) * at(second.scale, k) + at(second.shift, k)),
  };
}

function floats({ rawData, floatData, dims }: Pick<OnnxTensor, 'rawData' | 'floatData' | 'dims'>): Float32Array {
  if (rawData !== undefined && rawData.length > 0) return new Float32Array(Uint8Array.from(rawData).buffer);
  return Float32Array.from(floatData ?? new Array<number>(dims.reduce((a, b) => a * b, 1)).fill(0));
}
