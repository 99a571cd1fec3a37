import { z } from 'zod';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { addConvolution, autoPad } from './convolution.js';
import { decodeWeights, TfjsWeightsSchema, type Weight } from './tfjs-weights.js';

/**
 * Layers models of TensorFlow.js (a Keras topology and weights) as ONNX. The layers that the networks of
 * models/manifest.json have, one input, no shared layers; anything else is an error. Keras computes in NHWC, the ONNX
 * file in NCHW; batch normalisation that follows a convolution disappears into its weights.
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
  strides: size2, dilation_rate: size2, padding, activation: z.string(), use_bias: z.boolean(), data_format: z.literal('channels_last'),
});
const PoolSchema = z.object({ pool_size: size2, strides: size2, padding, data_format: z.literal('channels_last') });
const InputSchema = z.object({ batch_input_shape: z.tuple([z.null(), z.number(), z.number(), z.number()]) });
const NormSchema = z.object({ axis: z.literal([3, -1]), epsilon: z.number() });

type Layer = z.infer<typeof LayerSchema>;
type Weights = ReadonlyMap<string, Weight>;

/**
 * @param json model.json of TensorFlow.js (format `layers-model`)
 * @param bytes the weights, all shards in a row
 * @param outputs name of the ONNX file's output -> the layer whose result it is, [N, units]; of a layer that joins feature
 *   maps (Concatenate) the mean over the map
 * @returns the ONNX file; its input is [N, channels, height, width] and has the name of the input layer
 * @throws Error for a layer or an option that is not supported
 */
export function convertLayersModel(json: unknown, bytes: Uint8Array, outputs: Readonly<Record<string, string>>): Uint8Array {
  const { modelTopology, weightsManifest } = LayersModelSchema.parse(json);
  const { name, layers } = modelTopology.model_config.config;
  const weights = decodeWeights(weightsManifest.flatMap((group) => group.weights), bytes);
  const graph = new GraphBuilder(name);
  const folded = findFoldedNorms(layers, new Set(Object.values(outputs)));
  const values = new Map<string, string>();
  for (const layer of layers) {
    const inputs = inboundOf(layer).map((inbound) => values.get(inbound) ?? fail(layer, `comes before its input ${inbound}`));
    values.set(layer.config.name, addLayer(graph, layer, inputs, weights, folded));
  }
  for (const [output, layerName] of Object.entries(outputs)) {
    const value = values.get(layerName) ?? `no layer ${layerName}`;
    const joinsMaps = layers.some(({ class_name, config }) => class_name === 'Concatenate' && config.name === layerName);
    graph.output(output, joinsMaps ? meanOverMap(graph, value) : value, ['N', 'units']);
  }
  return graph.build();
}

function meanOverMap(graph: GraphBuilder, value: string): string {
  return graph.node('Flatten', `${value}/mean`, [graph.node('GlobalAveragePool', `${value}/pooled`, [value])], { axis: 1 });
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

function addLayer(
  graph: GraphBuilder, layer: Layer, inputs: readonly string[], weights: Weights, folded: ReadonlyMap<string, Layer>,
): string {
  const { name } = layer.config;
  const [input = ''] = inputs;
  switch (layer.class_name) {
    case 'InputLayer': {
      const [batch, height, width, channels] = InputSchema.parse(layer.config).batch_input_shape;
      return graph.input(name, [batch ?? 'N', channels, height, width]);
    }
    case 'Conv2D':
      return addConv(graph, layer, input, weights, folded.get(name));
    case 'BatchNormalization':
      return folded.has(name) ? input : addNorm(graph, layer, input, weights);
    case 'Activation':
      return addActivation(graph, name, input, String(layer.config['activation']));
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const { pool_size, strides, padding: pad } = PoolSchema.parse(layer.config);
      // ONNX, like Keras, leaves padding out of an average (count_include_pad is 0).
      return graph.node(layer.class_name === 'MaxPooling2D' ? 'MaxPool' : 'AveragePool', name, [input], {
        kernel_shape: pool_size, strides, auto_pad: autoPad(pad),
      });
    }
    case 'Concatenate':
      if (layer.config['axis'] !== 3 && layer.config['axis'] !== -1) fail(layer, 'joins something else than channels');
      return graph.node('Concat', name, inputs, { axis: 1 });
    case 'Flatten':
      return graph.node('Flatten', name, [graph.node('Transpose', `${name}/nhwc`, [input], { perm: [0, 2, 3, 1] })], { axis: 1 });
    case 'Dense':
      return addDense(graph, layer, input, weights);
    case 'Dropout':
      return input;
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

function addConv(graph: GraphBuilder, layer: Layer, input: string, weights: Weights, norm: Layer | undefined): string {
  const { name } = layer.config;
  const { strides, dilation_rate, padding, activation, use_bias } = ConvSchema.parse(layer.config);
  const result = addConvolution(graph, name, input, {
    kernel: weightOf(layer, 'kernel', weights),
    ...(use_bias ? { bias: weightOf(layer, 'bias', weights).data } : {}),
    ...(norm ? normAsAffine(norm, weights) : {}),
    strides,
    dilations: dilation_rate,
    padding,
  });
  return addActivation(graph, `${name}/activation`, result, activation);
}

function addNorm(graph: GraphBuilder, layer: Layer, input: string, weights: Weights): string {
  const { name } = layer.config;
  const { scale, shift } = normAsAffine(layer, weights);
  const dims = [scale.length, 1, 1];
  const scaled = graph.node('Mul', `${name}/scaled`, [input, graph.constant(`${name}/scale`, dims, Float32Array.from(scale))]);
  return graph.node('Add', name, [scaled, graph.constant(`${name}/shift`, dims, Float32Array.from(shift))]);
}

function addDense(graph: GraphBuilder, layer: Layer, input: string, weights: Weights): string {
  const { name } = layer.config;
  const kernel = weightOf(layer, 'kernel', weights);
  const bias = weights.get(`${name}/bias`)?.data ?? new Float32Array(kernel.shape[1] ?? 0);
  const result = graph.node('Gemm', name, [
    input, graph.constant(`${name}/kernel`, kernel.shape, kernel.data), graph.constant(`${name}/bias`, [bias.length], bias),
  ]);
  const activation = String(layer.config['activation']);
  // Only here: the last axis is the units, while that of a feature map is the width in NCHW.
  if (activation === 'softmax') return graph.node('Softmax', `${name}/activation`, [result], { axis: -1 });
  return addActivation(graph, `${name}/activation`, result, activation);
}

function addActivation(graph: GraphBuilder, name: string, input: string, activation: string): string {
  switch (activation) {
    case 'linear': return input;
    case 'relu': return graph.node('Relu', name, [input]);
    case 'sigmoid': return graph.node('Sigmoid', name, [input]);
    default: throw new Error(`the activation ${activation} (${name}) is not supported`);
  }
}
