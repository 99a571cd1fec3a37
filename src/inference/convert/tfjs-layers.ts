import { z } from 'zod';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { addConvolution, paddingOf } from './convolution.js';
import { decodeWeights, TfjsWeightsSchema, type Weight } from './tfjs-weights.js';

/**
 * Layers models of TensorFlow.js (a Keras topology and weights) as ONNX. The layers that the networks of
 * models/manifest.json have, one input, no shared layers; anything else is an error. Keras computes in NHWC, the ONNX
 * file in NCHW; batch normalisation that follows a convolution disappears into its weights, padding with zeros into the
 * layer that follows it.
 */

const LayerSchema = z.object({
  class_name: z.string(),
  config: z.looseObject({ name: z.string() }),
  inbound_nodes: z.array(z.array(z.tuple([z.string()], z.unknown()))),
});

const LayersModelSchema = z.object({
  modelTopology: z.object({
    model_config: z.object({ config: z.object({ name: z.string(), layers: z.array(LayerSchema) }) }),
  }),
  weightsManifest: TfjsWeightsSchema,
});

const size2 = z.tuple([z.number(), z.number()]);
const padding = z.enum(['valid', 'same']);
const ConvSchema = z.object({
  strides: size2,
  dilation_rate: size2,
  padding,
  activation: z.string(),
  use_bias: z.boolean(),
  data_format: z.literal('channels_last'),
});
const PaddingSchema = z.object({ padding: z.tuple([size2, size2]), data_format: z.literal('channels_last') });
const GlobalPoolSchema = z.object({ data_format: z.literal('channels_last'), keepdims: z.literal(false).optional() });
const PoolSchema = z.object({ pool_size: size2, strides: size2, padding, data_format: z.literal('channels_last') });
const InputSchema = z.object({ batch_input_shape: z.tuple([z.null(), z.number(), z.number(), z.number()]) });
const channelAxis = z.literal([3, -1]);
const NormSchema = z.object({ axis: z.union([channelAxis, z.tuple([channelAxis])]), epsilon: z.number() });

type Layer = z.infer<typeof LayerSchema>;
type Weights = ReadonlyMap<string, Weight>;

interface Network {
  readonly graph: GraphBuilder;
  readonly weights: Weights;
  readonly folded: ReadonlyMap<string, Layer>;
  /** Layer -> the zeros around its input: above, left, below, right. */
  readonly paddings: ReadonlyMap<string, readonly number[]>;
  /** Whether pictures of any size may come in. */
  readonly free: boolean;
}

const MAKES_MAPS = new Set(['Concatenate', 'Activation']);

/**
 * @param json model.json of TensorFlow.js (format `layers-model`)
 * @param bytes the weights, all shards in a row
 * @param outputs name of the ONNX file's output -> the layer whose result it is, [N, units]; of a layer that makes feature
 *   maps (Concatenate, Activation) the mean over the map
 * @returns the ONNX file; its input is [N, channels, height, width] and has the name of the input layer. Height and width
 *   are free where nothing flattens a map: then no weight depends on them
 * @throws Error for a layer or an option that is not supported
 */
export function convertLayersModel(
  json: unknown,
  bytes: Uint8Array,
  outputs: Readonly<Record<string, string>>,
): Uint8Array {
  const { modelTopology, weightsManifest } = LayersModelSchema.parse(json);
  const { name, layers } = modelTopology.model_config.config;
  const weights = decodeWeights(
    weightsManifest.flatMap((group) => group.weights),
    bytes,
  );
  const graph = new GraphBuilder(name);
  const folded = findFoldedNorms(layers, new Set(Object.values(outputs)));
  const network: Network = {
    graph,
    weights,
    folded,
    paddings: findPaddings(layers),
    free: layers.every(({ class_name }) => class_name !== 'Flatten'),
  };
  const values = new Map<string, string>();
  for (const layer of layers) {
    const inputs = inboundOf(layer).map(
      (inbound) => values.get(inbound) ?? fail(layer, `comes before its input ${inbound}`),
    );
    values.set(layer.config.name, addLayer(network, layer, inputs));
  }
  for (const [output, layerName] of Object.entries(outputs)) {
    const value = values.get(layerName) ?? `no layer ${layerName}`;
    const isMap = layers.some(({ class_name, config }) => MAKES_MAPS.has(class_name) && config.name === layerName);
    graph.output(output, isMap ? meanOverMap(graph, value) : value, ['N', 'units']);
  }
  return graph.build();
}

function meanOverMap(graph: GraphBuilder, value: string): string {
  return graph.node('Flatten', `${value}/mean`, [graph.node('GlobalAveragePool', `${value}/pooled`, [value])], {
    axis: 1,
  });
}

function inboundOf(layer: Layer): string[] {
  if (layer.inbound_nodes.length > 1) fail(layer, 'is shared');
  return layer.inbound_nodes.flat().map(([inbound]) => inbound);
}

function fail(layer: Layer, what: string): never {
  throw new Error(`layer ${layer.config.name} (${layer.class_name}) ${what}`);
}

/** Convolution -> the normalisation that alone takes its result, both ways (by name). */
function findFoldedNorms(layers: readonly Layer[], outputs: ReadonlySet<string>): ReadonlyMap<string, Layer> {
  const consumers = new Map<string, Layer[]>();
  for (const layer of layers) {
    for (const inbound of inboundOf(layer)) consumers.set(inbound, [...(consumers.get(inbound) ?? []), layer]);
  }
  const folded = new Map<string, Layer>();
  for (const layer of layers) {
    const { name } = layer.config;
    const [norm, ...others] = consumers.get(name) ?? [];
    if (layer.class_name !== 'Conv2D' || norm?.class_name !== 'BatchNormalization') continue;
    if (others.length > 0 || outputs.has(name) || layer.config['activation'] !== 'linear') continue;
    folded.set(name, norm);
    folded.set(norm.config.name, layer);
  }
  return folded;
}

/** The padding that each layer's input has had. A largest value of a map that a Relu made is the same with zeros around it. */
function findPaddings(layers: readonly Layer[]): ReadonlyMap<string, readonly number[]> {
  const byName = new Map(layers.map((layer) => [layer.config.name, layer]));
  const paddings = new Map<string, readonly number[]>();
  for (const layer of layers) {
    for (const inbound of inboundOf(layer)) {
      const padding = byName.get(inbound);
      if (padding?.class_name !== 'ZeroPadding2D') continue;
      const before = byName.get(inboundOf(padding)[0] ?? '');
      const fits =
        layer.config['padding'] === 'valid' &&
        (layer.class_name === 'Conv2D' ||
          (layer.class_name === 'MaxPooling2D' && before?.config['activation'] === 'relu'));
      if (!fits) fail(padding, `is not supported before ${layer.config.name}`);
      const [[top, bottom], [left, right]] = PaddingSchema.parse(padding.config).padding;
      paddings.set(layer.config.name, [top, left, bottom, right]);
    }
  }
  return paddings;
}

function addLayer(
  { graph, weights, folded, paddings, free }: Network,
  layer: Layer,
  inputs: readonly string[],
): string {
  const { name } = layer.config;
  const [input = ''] = inputs;
  switch (layer.class_name) {
    case 'InputLayer': {
      const [batch, height, width, channels] = InputSchema.parse(layer.config).batch_input_shape;
      return graph.input(name, [batch ?? 'N', channels, ...(free ? ['height', 'width'] : [height, width])]);
    }
    case 'ZeroPadding2D':
    case 'Dropout':
      return input;
    case 'Conv2D':
      return addConv(graph, layer, input, weights, folded.get(name), paddings.get(name));
    case 'Add':
      return inputs.length === 2 ? graph.node('Add', name, inputs) : fail(layer, 'adds more than two');
    case 'BatchNormalization':
      return folded.has(name) ? input : addNorm(graph, layer, input, weights);
    case 'Activation':
      return addActivation(graph, name, input, String(layer.config['activation']));
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const { pool_size, strides, padding: pad } = PoolSchema.parse(layer.config);
      // ONNX, like Keras, leaves padding out of an average (count_include_pad is 0).
      return graph.node(layer.class_name === 'MaxPooling2D' ? 'MaxPool' : 'AveragePool', name, [input], {
        kernel_shape: pool_size,
        strides,
        ...paddingOf(paddings.get(name) ?? pad),
      });
    }
    case 'GlobalAveragePooling2D':
      GlobalPoolSchema.parse(layer.config);
      return meanOverMap(graph, input);
    case 'Concatenate':
      if (layer.config['axis'] !== 3 && layer.config['axis'] !== -1) fail(layer, 'joins something else than channels');
      return graph.node('Concat', name, inputs, { axis: 1 });
    case 'Flatten':
      return graph.node('Flatten', name, [graph.node('Transpose', `${name}/nhwc`, [input], { perm: [0, 2, 3, 1] })], {
        axis: 1,
      });
    case 'Dense':
      return addDense(graph, layer, input, weights);
    default:
      return fail(layer, 'is not supported');
  }
}

function weightOf(layer: Layer, kind: string, weights: Weights): Weight {
  return weights.get(`${layer.config.name}/${kind}`) ?? fail(layer, `has no weight ${kind}`);
}

/** Normalisation as `scale[c] * x + shift[c]`: gamma / sqrt(variance + epsilon), beta - mean * scale. */
function normAsAffine(layer: Layer, weights: Weights): { scale: Float64Array; shift: Float64Array } {
  const { epsilon } = NormSchema.parse(layer.config);
  const mean = weightOf(layer, 'moving_mean', weights).data;
  const variance = weightOf(layer, 'moving_variance', weights).data;
  const gamma = weights.get(`${layer.config.name}/gamma`)?.data;
  const beta = weights.get(`${layer.config.name}/beta`)?.data;
  const scale = Float64Array.from(variance, (value, c) => (gamma?.[c] ?? 1) / Math.sqrt(value + epsilon));
  return { scale, shift: scale.map((factor, c) => (beta?.[c] ?? 0) - (mean[c] ?? 0) * factor) };
}

function addConv(
  graph: GraphBuilder,
  layer: Layer,
  input: string,
  weights: Weights,
  norm: Layer | undefined,
  zeros: readonly number[] | undefined,
): string {
  const { name } = layer.config;
  const { strides, dilation_rate, padding, activation, use_bias } = ConvSchema.parse(layer.config);
  const result = addConvolution(graph, name, input, {
    kernel: weightOf(layer, 'kernel', weights),
    ...(use_bias ? { bias: weightOf(layer, 'bias', weights).data } : {}),
    ...(norm ? normAsAffine(norm, weights) : {}),
    strides,
    dilations: dilation_rate,
    padding: zeros ?? padding,
  });
  return addActivation(graph, `${name}/activation`, result, activation);
}

function addNorm(graph: GraphBuilder, layer: Layer, input: string, weights: Weights): string {
  const { name } = layer.config;
  const { scale, shift } = normAsAffine(layer, weights);
  const dims = [scale.length, 1, 1];
  const scaled = graph.node('Mul', `${name}/scaled`, [
    input,
    graph.constant(`${name}/scale`, dims, Float32Array.from(scale)),
  ]);
  return graph.node('Add', name, [scaled, graph.constant(`${name}/shift`, dims, Float32Array.from(shift))]);
}

function addDense(graph: GraphBuilder, layer: Layer, input: string, weights: Weights): string {
  const { name } = layer.config;
  const kernel = weightOf(layer, 'kernel', weights);
  const bias = weights.get(`${name}/bias`)?.data ?? new Float32Array(kernel.shape[1] ?? 0);
  const result = graph.node('Gemm', name, [
    input,
    graph.constant(`${name}/kernel`, kernel.shape, kernel.data),
    graph.constant(`${name}/bias`, [bias.length], bias),
  ]);
  const activation = String(layer.config['activation']);
  // Only here: the last axis is the units, while that of a feature map is the width in NCHW.
  if (activation === 'softmax') return graph.node('Softmax', `${name}/activation`, [result], { axis: -1 });
  return addActivation(graph, `${name}/activation`, result, activation);
}

function addActivation(graph: GraphBuilder, name: string, input: string, activation: string): string {
  switch (activation) {
    case 'linear':
      return input;
    case 'relu':
      return graph.node('Relu', name, [input]);
    case 'sigmoid':
      return graph.node('Sigmoid', name, [input]);
    default:
      throw new Error(`the activation ${activation} (${name}) is not supported`);
  }
}
