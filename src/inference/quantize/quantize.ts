import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { tensor } from '../onnx/graph-builder.js';
import {
  AttributeType,
  DataType,
  decodeModel,
  encodeModel,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from '../onnx/proto.js';

/**
 * Static 8-bit quantisation of convolutional ONNX networks, in the QDQ form that ONNX Runtime fuses into integer kernels:
 * every activation of an operator that has such a kernel passes a QuantizeLinear and a DequantizeLinear with a range
 * measured on pictures (calibrate.ts); weights are 8-bit for every output channel, symmetric; biases 32-bit.
 */

/** Smallest and largest value of activations by name. */
export type Ranges = Readonly<Record<string, readonly [min: number, max: number]>>;

const RangesSchema = z.record(z.string(), z.tuple([z.number(), z.number()]));

/** Reads a file of ranges (models/*.ranges.json). @throws Error when it is missing or has another shape */
export async function readRanges(file: string): Promise<Ranges> {
  return RangesSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

export interface QuantizeOptions {
  /** Operators that stay in floats, by node name or how it begins: those whose error costs most. */
  readonly keep?: readonly string[];
}

/** Operators with an 8-bit kernel; activations that do nothing but cut off are taken along with what precedes them. */
const QUANTIZED = new Set(['Conv', 'Add', 'Concat', 'MaxPool', 'AveragePool', 'GlobalAveragePool']);
const CUT_OFF = new Set(['Relu', 'Clip']);

/**
 * All 8 bits: with 7, which some quantisers use because x86 processors without VNNI overflow with 8, the features of
 * Inception lose four times as much (cosine .995 for .999). overflow.ts finds out where that would happen.
 */
const WEIGHT_LIMIT = 127;
const LEVELS = 255;

interface Plan {
  readonly nodes: ReadonlySet<OnnxNode>;
  /** Activations that get a range: inputs and outputs of `nodes`. */
  readonly activations: readonly string[];
  /** Weights and biases of convolutions. */
  readonly constants: ReadonlyMap<string, OnnxTensor>;
}

/** The activations whose ranges `quantizeModel` needs. @throws Error when the operator set is too old */
export function activationsOf(bytes: Uint8Array, options: QuantizeOptions = {}): readonly string[] {
  return planOf(readQuantizable(bytes).graph, options).activations;
}

function readQuantizable(bytes: Uint8Array): OnnxModel {
  const model = decodeModel(bytes);
  const opset = model.opsetImport.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  if (opset < 13) throw new Error(`operator set ${opset}: 8-bit weights for every channel need 13 or later`);
  return model;
}

/** The same network with these inner values as outputs too, in their order. */
export function exposeActivations(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const model = decodeModel(bytes);
  const { graph } = model;
  const known = new Set([...graph.output, ...graph.input].map((value) => value.name));
  const type = { tensorType: { elemType: DataType.float } };
  graph.output.push(...names.filter((name) => !known.has(name)).map((name) => ({ name, type })));
  return encodeModel(model);
}

/**
 * @param bytes an ONNX file in floats, operator set 13 or later, normalisation folded into the convolutions
 * @param ranges of every name in `activationsOf(bytes)`, with the same options
 * @throws Error when a range is missing or the operator set is older
 */
export function quantizeModel(bytes: Uint8Array, ranges: Ranges, options: QuantizeOptions = {}): Uint8Array {
  const model = readQuantizable(bytes);
  const { graph } = model;
  const { nodes, activations, constants } = planOf(graph, options);
  const scales = new Map(activations.map((name) => [name, activationScale(name, ranges)]));
  const added: OnnxTensor[] = [];
  const result: OnnxNode[] = [];
  const dequantized = new Map<string, string>();

  /** Adds the two nodes behind an activation; those who read it quantised read `name/dq`. */
  const passThrough = (name: string): void => {
    const { scale, zeroPoint } = scales.get(name) ?? activationScale(name, ranges);
    added.push(
      tensor(`${name}/scale`, [], Float32Array.of(scale)),
      tensor(`${name}/zero`, [], Uint8Array.of(zeroPoint)),
    );
    const parameters = [`${name}/scale`, `${name}/zero`];
    result.push(operator('QuantizeLinear', `${name}/q`, [name, ...parameters]));
    result.push(operator('DequantizeLinear', `${name}/dq`, [`${name}/q`, ...parameters]));
    dequantized.set(name, `${name}/dq`);
  };

  for (const { name } of graph.input) if (scales.has(name)) passThrough(name);
  for (const node of graph.node) {
    if (nodes.has(node)) {
      const input = node.input.map((name) => dequantized.get(name) ?? name);
      if (node.opType === 'Conv') {
        const inputScale = scales.get(node.input[0] ?? '')?.scale ?? 1;
        const parts = quantizeConvolution(node, constants, inputScale);
        added.push(...parts.tensors);
        result.push(...parts.nodes);
        input.splice(1, 2, ...parts.inputs);
      }
      result.push({ ...node, input });
    } else {
      result.push(node);
    }
    for (const name of node.output) if (scales.has(name)) passThrough(name);
  }
  const used = new Set(result.flatMap((node) => node.input));
  graph.node = result;
  graph.initializer = [...graph.initializer, ...added].filter(({ name }) => used.has(name));
  graph.valueInfo = [];
  return encodeModel(model);
}

function planOf(graph: OnnxGraph, { keep = [] }: QuantizeOptions): Plan {
  const constants = new Map(graph.initializer.map((one) => [one.name, one]));
  const consumers = new Map<string, OnnxNode[]>();
  for (const node of graph.node) {
    for (const name of node.input) consumers.set(name, [...(consumers.get(name) ?? []), node]);
  }
  const outputs = new Set(graph.output.map(({ name }) => name));
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));

  /** The value that carries a node's result: behind the cut-off, where one alone takes it. */
  const resultOf = (node: OnnxNode): string => {
    const [name = ''] = node.output;
    const [next, ...others] = consumers.get(name) ?? [];
    const cutOff = next && others.length === 0 && CUT_OFF.has(next.opType) && !outputs.has(name);
    return cutOff ? (next.output[0] ?? '') : name;
  };
  const isQuantized = (node: OnnxNode): boolean =>
    QUANTIZED.has(node.opType) &&
    !keep.some((beginning) => node.name.startsWith(beginning)) &&
    (node.opType === 'Conv' ? constants.has(node.input[1] ?? '') : node.input.every((name) => !constants.has(name)));

  const nodes = new Set(graph.node.filter(isQuantized));
  const activations = new Set<string>();
  for (const node of nodes) {
    for (const name of node.opType === 'Conv' ? node.input.slice(0, 1) : node.input) activations.add(name);
    // A result that only operators in floats read stays a float.
    const result = resultOf(node);
    if (consumers.get(result)?.some((next) => nodes.has(next))) activations.add(result);
  }
  const order = [...graph.input.map(({ name }) => name), ...producers.keys()];
  return { nodes, activations: order.filter((name) => activations.has(name)), constants };
}

/** Unsigned 8 bits over the range, widened so that zero (padding, the cut-off) is exact. */
function activationScale(name: string, ranges: Ranges): { scale: number; zeroPoint: number } {
  const range = ranges[name];
  if (!range) throw new Error(`there is no range of the activation ${name}`);
  const [low, high] = [Math.min(0, range[0]), Math.max(0, range[1])];
  const scale = Math.fround((high - low) / LEVELS) || 1;
  return { scale, zeroPoint: Math.round(-low / scale) };
}

function quantizeConvolution(
  node: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
  inputScale: number,
): { inputs: string[]; tensors: OnnxTensor[]; nodes: OnnxNode[] } {
  const [, kernelName = '', biasName] = node.input;
  const kernel = constants.get(kernelName);
  if (!kernel) throw new Error(`the weights of ${node.name} are no constant`);
  const values = floatsOf(kernel);
  const [filters = 0] = kernel.dims;
  const size = values.length / filters;
  const scales = new Float32Array(filters);
  const weights = new Int8Array(values.length);
  for (let f = 0; f < filters; f++) {
    let largest = 0;
    for (let i = f * size; i < (f + 1) * size; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0));
    const scale = Math.fround(largest / WEIGHT_LIMIT) || 1;
    scales[f] = scale;
    for (let i = f * size; i < (f + 1) * size; i++) weights[i] = Math.round((values[i] ?? 0) / scale);
  }
  const name = `${node.name || node.output[0]}/kernel8`;
  const tensors = [tensor(name, kernel.dims, weights), tensor(`${name}/scale`, [filters], scales)];
  const nodes = [operator('DequantizeLinear', `${name}/dq`, [name, `${name}/scale`], 0)];
  const inputs = [`${name}/dq`];
  const bias = biasName === undefined ? undefined : constants.get(biasName);
  if (bias) {
    const biasScales = scales.map((scale) => scale * inputScale);
    const integers = Int32Array.from(floatsOf(bias), (value, f) => Math.round(value / (biasScales[f] ?? 1)));
    tensors.push(tensor(`${name}/bias`, [filters], integers), tensor(`${name}/bias/scale`, [filters], biasScales));
    nodes.push(operator('DequantizeLinear', `${name}/bias/dq`, [`${name}/bias`, `${name}/bias/scale`], 0));
    inputs.push(`${name}/bias/dq`);
  } else if (biasName !== undefined) {
    inputs.push(biasName);
  }
  return { inputs, tensors, nodes };
}

function operator(opType: string, output: string, input: string[], axis?: number): OnnxNode {
  const attribute = axis === undefined ? [] : [{ name: 'axis', type: AttributeType.int, i: axis }];
  return { name: output, opType, input, output: [output], attribute };
}

/** A float constant's numbers, however the writer of the file stored them. */
function floatsOf({ name, dataType, rawData, floatData }: OnnxTensor): Float32Array {
  if (dataType !== DataType.float) throw new Error(`the constant ${name} holds no 32-bit floats`);
  if (!rawData?.length) return Float32Array.from(floatData ?? []);
  // A copy, because the bytes inside a file need not start at a multiple of four.
  return new Float32Array(Uint8Array.from(rawData).buffer);
}
