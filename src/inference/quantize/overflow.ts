import { GraphBuilder } from '../onnx/graph-builder.js';
import { openSession } from '../session.js';
import { quantizeModel } from './quantize.js';

/**
 * Whether 8-bit products overflow on this processor. x86 processors without VNNI (before 2019, and many since) add two
 * products in 16 bits, which cut off at 32,767 while two products reach 64,770; ONNX Runtime has an exact way for them,
 * which would halve the speed of all others. Asked with a network of the largest values there are: 64 ones times one.
 */
export async function productsOverflow(): Promise<boolean> {
  const channels = 64;
  const graph = new GraphBuilder('largest-products');
  const ones = (name: string, dims: number[], size: number): string =>
    graph.constant(name, dims, new Float32Array(size).fill(1));
  const input = graph.input('input', [1, channels, 1, 1]);
  const sums = graph.node('Conv', 'sums', [input, ones('kernel', [channels, channels, 1, 1], channels ** 2)]);
  graph.output('output', graph.node('MaxPool', 'pooled', [sums], { kernel_shape: [1, 1] }), [1, channels, 1, 1]);
  const bytes = quantizeModel(graph.build(), { input: [0, 1], sums: [0, channels] });
  const session = await openSession(bytes, { provider: 'cpu', threads: 1 });
  const { output } = await session.run({
    input: { dims: [1, channels, 1, 1], data: new Float32Array(channels).fill(1) },
  });
  await session.close();
  return Number(output?.data[0]) < 0.9 * channels;
}
