import { GraphBuilder } from '../onnx/graph-builder.js';
import { addConvolution, type Padding } from './convolution.js';
import { decodeWeights, TfjsWeightsSchema, type Weight } from './tfjs-weights.js';

/**
 * The networks of @vladmandic/face-api (MIT) as ONNX. Its files hold weights only: how the layers hang together stands in
 * its code, of which this is the ONNX form. Both take NCHW and any number of pictures.
 */

type Weights = (name: string) => Weight;

function readWeights(manifest: unknown, bytes: Uint8Array): Weights {
  const weights = decodeWeights(
    TfjsWeightsSchema.parse(manifest).flatMap((group) => group.weights),
    bytes,
  );
  return (name) => {
    const weight = weights.get(name);
    if (!weight) throw new Error(`there is no weight ${name}`);
    return weight;
  };
}

/**
 * The ResNet of dlib's face recognition (FaceRecognitionNet): [N, 3, 150, 150] -> `embedding` [N, 128].
 * @param manifest the parsed *-weights_manifest.json
 */
export function convertFaceRecognition(manifest: unknown, bytes: Uint8Array): Uint8Array {
  const weights = readWeights(manifest, bytes);
  const graph = new GraphBuilder('face-recognition');

  const conv = (name: string, input: string, stride: number, padding: Padding): string => {
    const scaled = { scale: weights(`${name}/scale/weights`).data, shift: weights(`${name}/scale/biases`).data };
    const { data: bias } = weights(`${name}/conv/bias`);
    return addConvolution(graph, name, input, {
      kernel: weights(`${name}/conv/filters`),
      bias,
      ...scaled,
      strides: [stride, stride],
      padding,
    });
  };
  const relu = (input: string): string => graph.node('Relu', `${input}/relu`, [input]);

  const residual = (name: string, input: string): string => {
    const branch = conv(`${name}/conv2`, relu(conv(`${name}/conv1`, input, 1, 'same')), 1, 'same');
    return relu(graph.node('Add', name, [branch, input]));
  };

  /** Halves the size; the short cut is an average, filled up with zero channels where the branch has more. */
  const residualDown = (name: string, input: string, addedChannels: number, missing: number): string => {
    let branch = conv(`${name}/conv2`, relu(conv(`${name}/conv1`, input, 2, 'valid')), 1, 'same');
    if (missing > 0) branch = pad(`${name}/branch`, branch, [0, 0, 0, 0, 0, 0, missing, missing]);
    let pooled = graph.node('AveragePool', `${name}/pooled`, [input], { kernel_shape: [2, 2], strides: [2, 2] });
    if (addedChannels > 0) pooled = pad(`${name}/channels`, pooled, [0, 0, 0, 0, 0, addedChannels, 0, 0]);
    return relu(graph.node('Add', name, [pooled, branch]));
  };
  const pad = (name: string, input: string, pads: readonly number[]): string =>
    graph.node('Pad', `${name}/padded`, [
      input,
      graph.constant(`${name}/pads`, [pads.length], BigInt64Array.from(pads, BigInt)),
    ]);

  // Side lengths: 150 -> 72 -> 35 -> 17 -> 8 -> 4 -> 2; in the last two the branch comes out one shorter.
  let x = relu(conv('conv32_down', graph.input('input', ['N', 3, 150, 150]), 2, 'valid'));
  x = graph.node('MaxPool', 'pool', [x], { kernel_shape: [3, 3], strides: [2, 2] });
  for (const name of ['conv32_1', 'conv32_2', 'conv32_3']) x = residual(name, x);
  x = residualDown('conv64_down', x, 32, 0);
  for (const name of ['conv64_1', 'conv64_2', 'conv64_3']) x = residual(name, x);
  x = residualDown('conv128_down', x, 64, 0);
  for (const name of ['conv128_1', 'conv128_2']) x = residual(name, x);
  x = residualDown('conv256_down', x, 128, 1);
  for (const name of ['conv256_1', 'conv256_2']) x = residual(name, x);
  x = residualDown('conv256_down_out', x, 0, 1);
  const mean = graph.node('Flatten', 'flat', [graph.node('GlobalAveragePool', 'mean', [x])], { axis: 1 });
  const dense = weights('fc');
  graph.output('embedding', graph.node('MatMul', 'dense', [mean, graph.constant('fc', dense.shape, dense.data)]), [
    'N',
    128,
  ]);
  return graph.build();
}

/** Epsilon of batch normalisation in face-api's MobileNet. */
const EPSILON = 0.0010000000474974513;

/**
 * The face detector SSD MobileNet V1 (SsdMobilenetv1): [N, 3, 512, 512] -> `boxes` [N, 5118, 4] (top, left, bottom,
 * right as fractions of the square) and `scores` [N, 5118] (0 to 1), before non-maximum suppression.
 * @param manifest the parsed *-weights_manifest.json
 */
export function convertSsdMobilenet(manifest: unknown, bytes: Uint8Array): Uint8Array {
  const weights = readWeights(manifest, bytes);
  const graph = new GraphBuilder('ssd-mobilenet-v1');
  const low = graph.constant('low', [], new Float32Array([0]));
  const high = graph.constant('high', [], new Float32Array([6]));
  const relu6 = (input: string): string => graph.node('Clip', `${input}/relu6`, [input, low, high]);

  const pointwise = (prefix: string, input: string, stride: number): string =>
    relu6(
      addConvolution(graph, prefix, input, {
        kernel: weights(`${prefix}/weights`),
        bias: weights(`${prefix}/convolution_bn_offset`).data,
        strides: [stride, stride],
        padding: 'same',
      }),
    );
  const depthwise = (prefix: string, input: string, stride: number): string => {
    const norm = (kind: string): Float32Array => weights(`${prefix}/BatchNorm/${kind}`).data;
    const [mean, beta, gamma] = [norm('moving_mean'), norm('beta'), norm('gamma')];
    const scale = Float64Array.from(
      norm('moving_variance'),
      (variance, c) => (gamma[c] ?? 1) / Math.sqrt(variance + EPSILON),
    );
    const shift = scale.map((factor, c) => (beta[c] ?? 0) - (mean[c] ?? 0) * factor);
    const kernel = weights(`${prefix}/depthwise_weights`);
    return relu6(
      addConvolution(graph, prefix, input, {
        kernel,
        depthwise: true,
        scale,
        shift,
        strides: [stride, stride],
        padding: 'same',
      }),
    );
  };

  let x = pointwise('MobilenetV1/Conv2d_0_pointwise', graph.input('input', ['N', 3, 512, 512]), 2);
  const maps: string[] = [];
  for (let layer = 1; layer <= 13; layer++) {
    x = depthwise(`MobilenetV1/Conv2d_${layer}_depthwise`, x, [2, 4, 6, 12].includes(layer) ? 2 : 1);
    x = pointwise(`MobilenetV1/Conv2d_${layer}_pointwise`, x, 1);
    if (layer === 11 || layer === 13) maps.push(x);
  }
  for (let layer = 0; layer < 8; layer++) {
    x = pointwise(`Prediction/Conv2d_${layer}_pointwise`, x, layer % 2 === 0 ? 1 : 2);
    if (layer % 2 === 1) maps.push(x);
  }

  addBoxes(graph, addPredictions(graph, weights, maps, 'BoxEncodingPredictor', 4), weights('Output/extra_dim'));
  addScores(graph, addPredictions(graph, weights, maps, 'ClassPredictor', 3));
  return graph.build();
}

/** One row of numbers for every prior box of all maps. */
function addPredictions(
  graph: GraphBuilder,
  weights: (name: string) => Weight,
  maps: readonly string[],
  kind: string,
  size: number,
): string {
  const shape = graph.constant(`${kind}/shape`, [3], BigInt64Array.of(0n, -1n, BigInt(size)));
  const parts = maps.map((map, index) => {
    const prefix = `Prediction/BoxPredictor_${index}/${kind}`;
    const result = addConvolution(graph, prefix, map, {
      kernel: weights(`${prefix}/weights`),
      bias: weights(`${prefix}/biases`).data,
      strides: [1, 1],
      padding: 'same',
    });
    const turned = graph.node('Transpose', `${prefix}/nhwc`, [result], { perm: [0, 2, 3, 1] });
    return graph.node('Reshape', `${prefix}/rows`, [turned, shape]);
  });
  return graph.node('Concat', kind, parts, { axis: 1 });
}

/** Prior boxes moved by a tenth of the first two predictions and scaled by e to a fifth of the last two. */
function addBoxes(graph: GraphBuilder, encoding: string, priors: Weight): void {
  const count = priors.data.length / 4;
  const sizes = new Float32Array(count * 2);
  const centers = new Float32Array(count * 2);
  for (let box = 0; box < count; box++) {
    for (const axis of [0, 1]) {
      const [from = 0, to = 0] = [priors.data[box * 4 + axis], priors.data[box * 4 + axis + 2]];
      sizes[box * 2 + axis] = to - from;
      centers[box * 2 + axis] = from + (to - from) / 2;
    }
  }
  const scaled = (data: Float32Array, factor: number): Float32Array => data.map((value) => value * factor);
  const columns = (name: string, from: number): string => slice(graph, name, encoding, from, from + 2);
  const moved = graph.node('Mul', 'move', [
    columns('shift', 0),
    graph.constant('sizes/10', [1, count, 2], scaled(sizes, 0.1)),
  ]);
  const center = graph.node('Add', 'center', [moved, graph.constant('centers', [1, count, 2], centers)]);
  const fifth = graph.constant('fifth', [], new Float32Array([0.2]));
  const growth = graph.node('Exp', 'growth', [graph.node('Mul', 'log-growth', [columns('grow', 2), fifth])]);
  const half = graph.node('Mul', 'half', [growth, graph.constant('sizes/2', [1, count, 2], scaled(sizes, 0.5))]);
  const corners = [graph.node('Sub', 'near', [center, half]), graph.node('Add', 'far', [center, half])];
  graph.output('boxes', graph.node('Concat', 'corners', corners, { axis: 2 }), ['N', count, 4]);
}

/** The second of three classes is the face. */
function addScores(graph: GraphBuilder, classes: string): void {
  const face = slice(graph, 'face', classes, 1, 2);
  const flat = graph.node('Flatten', 'logits', [face], { axis: 1 });
  graph.output('scores', graph.node('Sigmoid', 'probabilities', [flat]), ['N', 'boxes']);
}

/** Columns `from` to `to` (exclusive) of the last of three dimensions. */
function slice(graph: GraphBuilder, name: string, input: string, from: number, to: number): string {
  const index = (key: string, value: number): string =>
    graph.constant(`${name}/${key}`, [1], BigInt64Array.of(BigInt(value)));
  return graph.node('Slice', name, [input, index('from', from), index('to', to), index('axis', 2)]);
}
