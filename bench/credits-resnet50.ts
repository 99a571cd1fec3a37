/** A ResNet50 (He et al. 2015) of random weights at 224 x 224, 32-bit floats: it costs what a trained one costs. */
import { randomOf } from '../src/credits/boosting.js';
import { GraphBuilder } from '../src/inference/onnx/graph-builder.js';
import { openSession } from '../src/inference/session.js';

export async function resnet50(): Promise<{ run(): Promise<unknown>; close(): Promise<void> }> {
  const graph = new GraphBuilder('resnet50');
  const random = randomOf(50);
  let count = 0;
  const conv = (input: string, from: number, to: number, kernel: number, stride: number, relu: boolean): string => {
    const name = `conv${count++}`;
    const scale = Math.sqrt(6 / (from * kernel * kernel));
    const weights = Float32Array.from({ length: to * from * kernel * kernel }, () => (random() - 0.5) * scale);
    graph.constant(`${name}.weight`, [to, from, kernel, kernel], weights);
    graph.constant(`${name}.bias`, [to], new Float32Array(to));
    const pad = kernel >> 1;
    const out = graph.node('Conv', name, [input, `${name}.weight`, `${name}.bias`], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
    return relu ? graph.node('Relu', `${name}.relu`, [out]) : out;
  };
  let value = conv(graph.input('x', [1, 3, 224, 224]), 3, 64, 7, 2, true);
  value = graph.node('MaxPool', 'pool', [value], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  let channels = 64;
  for (const [width, blocks, first] of [
    [64, 3, 1],
    [128, 4, 2],
    [256, 6, 2],
    [512, 3, 2],
  ] as const) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 ? first : 1;
      const narrow = conv(conv(value, channels, width, 1, stride, true), width, width, 3, 1, true);
      const wide = conv(narrow, width, 4 * width, 1, 1, false);
      const shortcut = block === 0 ? conv(value, channels, 4 * width, 1, stride, false) : value;
      value = graph.node('Relu', `out${count}`, [graph.node('Add', `sum${count}`, [wide, shortcut])]);
      channels = 4 * width;
    }
  }
  graph.output('features', graph.node('GlobalAveragePool', 'mean', [value]));
  const session = await openSession(graph.build(), { provider: 'cpu', threads: 0 });
  const x = { dims: [1, 3, 224, 224], data: new Float32Array(3 * 224 * 224).fill(0.5) };
  await session.run({ x });
  return { run: () => session.run({ x }), close: () => session.close() };
}
