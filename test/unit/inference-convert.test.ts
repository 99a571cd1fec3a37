import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { readBundledModule } from '../../src/inference/convert/bundled-module.js';
import { convertGraphModel } from '../../src/inference/convert/tfjs-graph.js';
import { convertLayersModel } from '../../src/inference/convert/tfjs-layers.js';
import { decodeWeights } from '../../src/inference/convert/tfjs-weights.js';
import { openSession } from '../../src/inference/session.js';
import type { Tensor } from '../../src/inference/types.js';

/** Small networks with every layer and operator that the converters know, run by TensorFlow.js and by ONNX Runtime. */
beforeAll(async () => {
  // Else it prints an advertisement for its native build.
  tf.env().set('IS_NODE', false);
  await tf.setBackend('cpu');
});

/** Numbers between -1 and 1 that are the same in every run (a linear congruential generator). */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 31 - 1;
  });
}

function expectClose(actual: Tensor | undefined, expected: tf.Tensor): void {
  const values = Float32Array.from(expected.dataSync());
  expect(actual?.data).toHaveLength(values.length);
  const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const difference = values.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - Number(actual?.data[i]))),
    0,
  );
  expect(scale).toBeGreaterThan(0);
  expect(difference / scale).toBeLessThan(1e-5);
}

async function runOnnx(bytes: Uint8Array, inputs: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await openSession(bytes, { provider: 'cpu', threads: 1 });
  const outputs = await session.run(inputs);
  await session.close();
  return outputs;
}

function toNchw({ dims: [n = 0, h = 0, w = 0, c = 0], data }: { dims: number[]; data: Float32Array }): Tensor {
  const turned = new Float32Array(data.length);
  data.forEach(
    (value, i) =>
      (turned[Math.floor(i / (h * w * c)) * c * h * w + (i % c) * h * w + (Math.floor(i / c) % (h * w))] = value),
  );
  return { dims: [n, c, h, w], data: turned };
}

describe('a layers model', () => {
  /** Variances must be positive; every other weight may have any value. */
  function filled(model: tf.LayersModel): tf.LayersModel {
    model.setWeights(
      model.weights.map((weight, i) => {
        const values = numbers(
          weight.shape.reduce<number>((product, size) => product * (size ?? 1), 1),
          i + 1,
        );
        const positive = weight.name.includes('variance') ? values.map((value) => Math.abs(value) + 0.1) : values;
        return tf.tensor(positive, weight.shape.map(Number));
      }),
    );
    return model;
  }

  function build(): tf.LayersModel {
    const input = tf.input({ shape: [13, 11, 3], name: 'image' });
    const conv = tf.layers
      .conv2d({ filters: 6, kernelSize: [3, 5], strides: 2, padding: 'same', useBias: false, name: 'conv_a' })
      .apply(input);
    const norm = tf.layers.batchNormalization({ scale: false, name: 'norm_a' }).apply(conv);
    const relu = tf.layers.activation({ activation: 'relu', name: 'relu_a' }).apply(norm);
    const other = tf.layers.conv2d({ filters: 4, kernelSize: 1, activation: 'sigmoid', name: 'conv_b' }).apply(relu);
    const normed = tf.layers.batchNormalization({ name: 'norm_b' }).apply(other);
    const pooled = tf.layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same', name: 'mean' }).apply(relu);
    const joined = tf.layers.concatenate({ name: 'joined' }).apply([normed, pooled] as tf.SymbolicTensor[]);
    const largest = tf.layers
      .maxPooling2d({ poolSize: 3, strides: 2, padding: 'valid', name: 'largest' })
      .apply(joined);
    const flat = tf.layers.flatten({ name: 'flat' }).apply(largest);
    const dropped = tf.layers.dropout({ rate: 0.5, name: 'dropped' }).apply(flat);
    const dense = tf.layers.dense({ units: 7, activation: 'relu', name: 'dense' }).apply(dropped);
    const classes = tf.layers.dense({ units: 3, activation: 'softmax', name: 'classes' }).apply(dense);
    return filled(tf.model({ inputs: input, outputs: [flat, classes] as tf.SymbolicTensor[], name: 'little' }));
  }

  /** A residual block behind zeros, as in ResNet. */
  function buildResidual(): tf.LayersModel {
    const input = tf.input({ shape: [16, 16, 3], name: 'image' });
    const padded = tf.layers
      .zeroPadding2d({
        padding: [
          [3, 2],
          [1, 4],
        ],
        name: 'pad_a',
      })
      .apply(input);
    const conv = tf.layers.conv2d({ filters: 5, kernelSize: 7, strides: 2, name: 'conv_a' }).apply(padded);
    const relu = tf.layers
      .activation({ activation: 'relu', name: 'relu_a' })
      .apply(tf.layers.batchNormalization({ name: 'norm_a' }).apply(conv));
    const again = tf.layers.zeroPadding2d({ padding: 1, name: 'pad_b' }).apply(relu);
    const pooled = tf.layers.maxPooling2d({ poolSize: 3, strides: 2, name: 'largest' }).apply(again);
    const branch = tf.layers.conv2d({ filters: 5, kernelSize: 3, padding: 'same', name: 'conv_b' }).apply(pooled);
    const sum = tf.layers.add({ name: 'sum' }).apply([pooled, branch] as tf.SymbolicTensor[]);
    const last = tf.layers.activation({ activation: 'relu', name: 'relu_b' }).apply(sum);
    const mean = tf.layers.globalAveragePooling2d({ name: 'mean' }).apply(last);
    const classes = tf.layers.dense({ units: 3, activation: 'softmax', name: 'classes' }).apply(mean);
    return filled(tf.model({ inputs: input, outputs: [mean, classes] as tf.SymbolicTensor[], name: 'residual' }));
  }

  async function save(model: tf.LayersModel): Promise<{ json: Record<string, unknown>; bytes: Uint8Array }> {
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const data = saved?.weightData;
    if (!(data instanceof ArrayBuffer)) throw new Error('TensorFlow.js gave no weights');
    const json = {
      modelTopology: { model_config: saved?.modelTopology },
      weightsManifest: [{ weights: saved?.weightSpecs }],
    };
    return { json, bytes: new Uint8Array(data) };
  }

  test('answers as in TensorFlow.js', async () => {
    const model = build();
    const { json, bytes } = await save(model);
    const pixels = { dims: [2, 13, 11, 3], data: numbers(2 * 13 * 11 * 3, 99) };
    const [flat, classes] = model.predict(tf.tensor(pixels.data, pixels.dims)) as tf.Tensor[];
    const onnx = await runOnnx(convertLayersModel(json, bytes, { features: 'flat', probabilities: 'classes' }), {
      image: toNchw(pixels),
    });
    expectClose(onnx['features'], flat as tf.Tensor);
    expectClose(onnx['probabilities'], classes as tf.Tensor);
  });

  test('with padding, a sum and a global mean answers as in TensorFlow.js, and for pictures of another size', async () => {
    const { json, bytes } = await save(buildResidual());
    const onnx = convertLayersModel(json, bytes, { features: 'mean', probabilities: 'classes', early: 'relu_a' });
    const pixels = { dims: [1, 16, 16, 3], data: numbers(16 * 16 * 3, 7) };
    const [mean, classes] = buildResidual().predict(tf.tensor(pixels.data, pixels.dims)) as tf.Tensor[];
    const answers = await runOnnx(onnx, { image: toNchw(pixels) });
    expectClose(answers['features'], mean as tf.Tensor);
    expectClose(answers['probabilities'], classes as tf.Tensor);
    expect(answers['early']?.dims).toEqual([1, 5]);
    expect(
      (await runOnnx(onnx, { image: { dims: [1, 3, 30, 20], data: numbers(1800, 8) } }))['features']?.dims,
    ).toEqual([1, 5]);
    // Zeros are no padding where values may be negative.
    const negative = JSON.parse(JSON.stringify(json).replace('"activation":"relu"', '"activation":"linear"'));
    expect(() => convertLayersModel(negative, bytes, { features: 'mean' })).toThrow(
      'layer pad_b (ZeroPadding2D) is not supported before largest',
    );
  });

  test('gives the same bytes again, and is refused where a layer is not known', async () => {
    const { json, bytes } = await save(build());
    const convert = (): Uint8Array => convertLayersModel(json, bytes, { out: 'classes' });
    expect(convert()).toEqual(convert());
    expect(() => convertLayersModel(json, bytes.subarray(4), { out: 'classes' })).toThrow('the weights end before');
    const odd = JSON.parse(JSON.stringify(json).replace('"Flatten"', '"Reshape"'));
    expect(() => convertLayersModel(odd, bytes, { out: 'classes' })).toThrow('layer flat (Reshape) is not supported');
  });
});

describe('a graph model', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const ints = (values: number[]): object => ({ list: { i: values.map(String) } });
  const float = { type: 'DT_FLOAT' };
  const padding = (text: string): object => ({ s: base64(text) });
  const convolution = (strides: number[], pad: string): Record<string, unknown> => ({
    T: float,
    strides: ints(strides),
    dilations: ints([1, 1, 1, 1]),
    padding: padding(pad),
    data_format: padding('NHWC'),
    explicit_paddings: { list: {} },
  });
  const fused = (names: string[]): Record<string, unknown> => ({
    fused_ops: { list: { s: names.map(base64) } },
    num_args: { i: '1' },
    epsilon: { f: 0 },
  });
  const constants: [name: string, shape: number[], dtype: 'float32' | 'int32', values: number[] | Float32Array][] = [
    ['kernel', [3, 3, 3, 4], 'float32', numbers(108, 1)],
    ['bias', [4], 'float32', numbers(4, 2)],
    ['depth', [3, 3, 4, 1], 'float32', numbers(36, 3)],
    ['pads', [4, 2], 'int32', [0, 0, 0, 1, 1, 0, 0, 2]],
    ['shape', [3], 'int32', [1, -1, 6]],
    ['shift', [1, 1, 1, 3], 'float32', [0.2, -0.1, 0.3]],
    ['third', [], 'float32', [1 / 3]],
    ['spatial', [2], 'int32', [1, 2]],
    ['channels', [], 'int32', [3]],
    ['size', [2], 'int32', [12, 9]],
    ['twice', [2], 'int32', [2, 2]],
    ['from', [1], 'int32', [1]],
    ['to', [1], 'int32', [3]],
    ['one', [1], 'int32', [1]],
    ['planar', [4], 'int32', [0, 3, 1, 2]],
    ['pixels', [4], 'int32', [0, 2, 3, 1]],
    ['around', [4, 2], 'int32', [0, 0, 0, 0, 1, 0, 0, 1]],
    ['low', [], 'float32', [-2]],
    ['narrow', [1, 1, 4, 4], 'float32', numbers(16, 9)],
    ['slopes', [1, 1, 4], 'float32', numbers(4, 10)],
  ];
  const dim = [1, 12, 12, 3].map((size) => ({ size: String(size) }));
  const nodes = [
    { name: 'image', op: 'Placeholder', attr: { dtype: float, shape: { shape: { dim } } } },
    ...constants.map(([name, , dtype]) => ({
      name,
      op: 'Const',
      attr: { dtype: dtype === 'float32' ? float : { type: 'DT_INT32' } },
    })),
    {
      name: 'conv',
      op: '_FusedConv2D',
      input: ['image', 'kernel', 'bias'],
      attr: { ...convolution([1, 2, 2, 1], 'SAME'), ...fused(['BiasAdd', 'Relu']) },
    },
    {
      name: 'depthwise',
      op: 'DepthwiseConv2dNative',
      input: ['conv', 'depth'],
      attr: convolution([1, 1, 1, 1], 'SAME'),
    },
    { name: 'sum', op: 'AddV2', input: ['conv', 'depthwise'], attr: { T: float } },
    { name: 'relu', op: 'Relu', input: ['sum'], attr: { T: float } },
    {
      name: 'pool',
      op: 'MaxPool',
      input: ['relu'],
      attr: {
        T: float,
        ksize: ints([1, 2, 2, 1]),
        strides: ints([1, 2, 2, 1]),
        padding: padding('VALID'),
        data_format: padding('NHWC'),
      },
    },
    { name: 'padded', op: 'Pad', input: ['pool', 'pads'], attr: { T: float, Tpaddings: { type: 'DT_INT32' } } },
    { name: 'rows', op: 'Reshape', input: ['padded', 'shape'], attr: { T: float, Tshape: { type: 'DT_INT32' } } },
    { name: 'centred', op: 'Sub', input: ['image', 'shift'], attr: { T: float } },
    { name: 'small', op: 'Mul', input: ['third', 'centred'], attr: { T: float } },
    {
      name: 'six',
      op: '_FusedConv2D',
      input: ['small', 'kernel', 'bias'],
      attr: { ...convolution([1, 2, 2, 1], 'SAME'), ...fused(['BiasAdd', 'Relu6']) },
    },
    { name: 'mean', op: 'Mean', input: ['six', 'spatial'], attr: { T: float, keep_dims: { b: true } } },
    {
      name: 'squeezed',
      op: '_FusedConv2D',
      input: ['mean', 'narrow', 'bias'],
      attr: { ...convolution([1, 1, 1, 1], 'SAME'), ...fused(['BiasAdd']) },
    },
    { name: 'excited', op: 'Mul', input: ['six', 'squeezed'], attr: { T: float } },
    { name: 'biased', op: 'AddV2', input: ['excited', 'bias'], attr: { T: float } },
    { name: 'clipped', op: 'Relu6', input: ['biased'], attr: { T: float } },
    {
      name: 'grown',
      op: 'ResizeBilinear',
      input: ['clipped', 'size'],
      attr: { align_corners: { b: false }, half_pixel_centers: { b: false } },
    },
    { name: 'extent', op: 'Shape', input: ['biased'], attr: { T: float, out_type: { type: 'DT_INT32' } } },
    {
      name: 'sides',
      op: 'StridedSlice',
      input: ['extent', 'from', 'to', 'one'],
      attr: { begin_mask: { i: '0' }, end_mask: { i: '0' } },
    },
    { name: 'doubled', op: 'Mul', input: ['sides', 'twice'], attr: { T: { type: 'DT_INT32' } } },
    {
      name: 'larger',
      op: 'ResizeBilinear',
      input: ['biased', 'doubled'],
      attr: { align_corners: { b: false }, half_pixel_centers: { b: true } },
    },
    { name: 'planes', op: 'Transpose', input: ['grown', 'planar'], attr: { T: float } },
    { name: 'leaky', op: 'LeakyRelu', input: ['planes'], attr: { T: float, alpha: { f: 0.1 } } },
    { name: 'framed', op: 'PadV2', input: ['leaky', 'around', 'low'], attr: { T: float } },
    { name: 'back', op: 'Transpose', input: ['framed', 'pixels'], attr: { T: float } },
    { name: 'bent', op: 'Prelu', input: ['biased', 'slopes'], attr: { T: float } },
    {
      name: 'bent conv',
      op: '_FusedConv2D',
      input: ['small', 'kernel', 'bias', 'slopes'],
      attr: { ...convolution([1, 2, 2, 1], 'SAME'), ...fused(['BiasAdd', 'Prelu']), num_args: { i: '2' } },
    },
    { name: 'both', op: 'ConcatV2', input: ['conv', 'biased', 'channels'], attr: { T: float } },
    { name: 'Identity', op: 'Identity', input: ['rows'], attr: { T: float } },
  ];
  const weights = constants.map(([name, shape, dtype]) => ({ name, shape, dtype }));
  const bytes = new Uint8Array(
    Buffer.concat(
      constants.map(([, , dtype, values]) => {
        const { buffer } = dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values);
        return new Uint8Array(buffer);
      }),
    ),
  );
  const json = {
    format: 'graph-model',
    modelTopology: { node: nodes, versions: {} },
    weightsManifest: [{ paths: [], weights }],
  };

  test('answers as in TensorFlow.js', async () => {
    const model = await tf.loadGraphModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        format: json.format,
        weightSpecs: weights,
        weightData: bytes.slice().buffer,
      }),
    );
    const pixels = { dims: [1, 12, 12, 3], data: numbers(432, 5) };
    const expected = model.execute(tf.tensor(pixels.data, pixels.dims), ['Identity', 'relu']) as tf.Tensor[];
    const onnx = await runOnnx(convertGraphModel(json, bytes, { rows: 'Identity', map: 'relu' }), { image: pixels });
    expect(onnx['map']?.dims).toEqual([1, 6, 6, 4]);
    expectClose(onnx['rows'], expected[0] as tf.Tensor);
    expectClose(onnx['map'], expected[1] as tf.Tensor);
  });

  test('of a detector (scaled input, gates, resizing, planes) answers as in TensorFlow.js', async () => {
    const model = await tf.loadGraphModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        format: json.format,
        weightSpecs: weights,
        weightData: bytes.slice().buffer,
      }),
    );
    const pixels = { dims: [1, 12, 12, 3], data: numbers(432, 6) };
    const nodes = ['clipped', 'grown', 'larger', 'back', 'both', 'bent', 'bent conv'];
    const expected = model.execute(tf.tensor(pixels.data, pixels.dims), nodes) as tf.Tensor[];
    const outputs = Object.fromEntries(nodes.map((node) => [`out ${node}`, node]));
    const onnx = await runOnnx(convertGraphModel(json, bytes, outputs), { image: pixels });
    nodes.forEach((node, i) => {
      expect([node, onnx[`out ${node}`]?.dims]).toEqual([node, expected[i]!.shape]);
      expectClose(onnx[`out ${node}`], expected[i]!);
    });
  });

  test('can begin behind the scaling of its pixels, which the input has then been through', async () => {
    const [image, scaled] = [numbers(432, 7), new Float32Array(432)];
    image.forEach((value, i) => (scaled[i] = (value - [0.2, -0.1, 0.3][i % 3]!) / 3));
    const dims = [1, 12, 12, 3];
    const whole = await runOnnx(convertGraphModel(json, bytes, { map: 'larger' }), { image: { dims, data: image } });
    const input = toNchw({ dims, data: scaled });
    const part = await runOnnx(convertGraphModel(json, bytes, { map: 'larger' }, 'small'), { input });
    expect(part['map']?.dims).toEqual(whole['map']?.dims);
    expectClose(part['map'], tf.tensor(whole['map']!.data as Float32Array));
    expect(() => convertGraphModel(json, bytes, { map: 'larger' }, 'nowhere')).toThrow('no node nowhere');
  });

  test('is refused where an operator is not known', () => {
    const odd = JSON.parse(JSON.stringify(json).replace('"MaxPool"', '"Elu"'));
    expect(() => convertGraphModel(odd, bytes, { rows: 'Identity' })).toThrow('node pool (Elu) is not supported');
  });
});

test('quantised weights become the floats that TensorFlow.js makes of them', async () => {
  const half = [0x3c00, 0xc000, 0x0001, 0x7bff];
  const specs = [
    {
      name: 'a',
      shape: [3],
      dtype: 'float32' as const,
      quantization: { dtype: 'uint8' as const, min: -0.7123, scale: 0.01234567 },
    },
    {
      name: 'b',
      shape: [2],
      dtype: 'float32' as const,
      quantization: { dtype: 'uint16' as const, min: 0.1, scale: 0.001 },
    },
    { name: 'c', shape: [4], dtype: 'float32' as const, quantization: { dtype: 'float16' as const } },
    { name: 'd', shape: [2], dtype: 'int32' as const },
  ];
  const bytes = new Uint8Array(
    Buffer.concat([
      Uint8Array.of(0, 128, 255),
      new Uint8Array(Uint16Array.of(7, 65535).buffer),
      new Uint8Array(Uint16Array.from(half).buffer),
      new Uint8Array(Int32Array.of(-5, 300).buffer),
    ]),
  );
  const expected = tf.io.decodeWeights(
    bytes.buffer,
    specs.map((spec) => spec),
  );
  for (const [name, { data }] of decodeWeights(specs, bytes))
    expect([...data]).toEqual([...(expected[name]?.dataSync() ?? [])]);
  expect(() => decodeWeights(specs, new Uint8Array([...bytes, 0]))).toThrow('1 bytes after the last weight');
});

test('bundles of data are read without the functions of Node', () => {
  expect(readBundledModule('module.exports = { a: [1, .5], b: !0 };')).toEqual({ a: [1, 0.5], b: true });
  expect(readBundledModule('exports.kind = typeof process + typeof require;')).toEqual({ kind: 'undefinedundefined' });
});
