import { describe, expect, test } from '@jest/globals';
import { GraphBuilder } from '../../src/inference/onnx/graph-builder.js';
import { decodeModel, encodeModel } from '../../src/inference/onnx/proto.js';
import { calibrate } from '../../src/inference/quantize/calibrate.js';
import { activationsOf, quantizeModel } from '../../src/inference/quantize/quantize.js';
import { openSession } from '../../src/inference/session.js';
import type { Tensor } from '../../src/inference/types.js';
import { pseudoRandom } from './pseudo-random.js';

const SIDE = 12;

/** A residual block, a concatenation and a dense head. */
function network(): Uint8Array {
  const graph = new GraphBuilder('block');
  const conv = (name: string, input: string, channels: number, filters: number, side: number): string =>
    graph.node(
      'Conv',
      name,
      [
        input,
        graph.constant(
          `${name}/w`,
          [filters, channels, side, side],
          pseudoRandom(filters * channels * side ** 2, filters + side),
        ),
        graph.constant(`${name}/b`, [filters], pseudoRandom(filters, side)),
      ],
      { auto_pad: 'SAME_UPPER' },
    );
  const relu = (name: string, input: string): string => graph.node('Relu', name, [input]);
  const x = relu('stem', conv('conv0', graph.input('x', ['N', 3, SIDE, SIDE]), 3, 8, 3));
  const branch = conv('conv2', relu('relu1', conv('conv1', x, 8, 8, 3)), 8, 8, 1);
  const sum = relu('relu2', graph.node('Add', 'sum', [x, branch]));
  const pooled = graph.node('MaxPool', 'pooled', [sum], { kernel_shape: [2, 2], strides: [2, 2] });
  const joined = graph.node('Concat', 'joined', [pooled, conv('conv3', pooled, 8, 4, 3)], { axis: 1 });
  const last = relu('relu4', conv('conv4', joined, 12, 16, 3));
  const flat = graph.node('Flatten', 'flat', [graph.node('GlobalAveragePool', 'mean', [last])], { axis: 1 });
  graph.output('y', graph.node('Gemm', 'head', [flat, graph.constant('head/w', [16, 5], pseudoRandom(80, 3))]), [
    'N',
    5,
  ]);
  return graph.build();
}

async function* pictures(count: number, seed: number): AsyncGenerator<{ x: Tensor }> {
  for (let i = 0; i < count; i++)
    yield { x: { dims: [1, 3, SIDE, SIDE], data: pseudoRandom(3 * SIDE ** 2, seed + i) } };
}

describe('8-bit networks', () => {
  test('answer nearly as in floats, with weights of a byte, and come out the same every time', async () => {
    const bytes = network();
    const ranges = await calibrate(bytes, pictures(16, 1000), { percentile: 100, threads: 1 });
    expect(Object.keys(ranges)).toEqual(['x', 'stem', 'relu1', 'conv2', 'relu2', 'pooled', 'conv3', 'joined', 'relu4']);
    expect(ranges['x']?.[0]).toBeLessThan(-0.9);
    expect(ranges['stem']?.[0]).toBe(0);
    const quantized = quantizeModel(bytes, ranges);
    expect(quantizeModel(bytes, ranges)).toEqual(quantized);
    const weights = decodeModel(quantized).graph.initializer.find(({ name }) => name === 'conv1/kernel8');
    expect(weights?.rawData).toHaveLength(8 * 8 * 9);

    const [before, after] = [await openSession(bytes, OPTIONS), await openSession(quantized, OPTIONS)];
    for await (const input of pictures(8, 5000)) {
      const expected = Array.from((await before.run(input))['y']?.data ?? [], Number);
      const actual = Array.from((await after.run(input))['y']?.data ?? [], Number);
      const error = Math.hypot(...expected.map((value, i) => value - (actual[i] ?? NaN)));
      expect(error / Math.hypot(...expected)).toBeLessThan(0.05);
    }
    await Promise.all([before.close(), after.close()]);
  });

  test('leave out rare values where a percentile is asked for', async () => {
    async function* spiked(): AsyncGenerator<{ x: Tensor }> {
      for await (const { x } of pictures(4, 1)) {
        x.data[0] = 1000;
        yield { x };
      }
    }
    const all = await calibrate(network(), spiked(), { percentile: 100, threads: 1 });
    const most = await calibrate(network(), spiked(), { percentile: 99, threads: 1 });
    expect(all['x']?.[1]).toBe(1000);
    expect(most['x']?.[1]).toBeLessThan(2);
  });

  test('keep the operators in floats that they are told to', () => {
    const bytes = network();
    expect(activationsOf(bytes, { keep: ['conv0'] })).toEqual(activationsOf(bytes).filter((name) => name !== 'x'));
    const convolutions = ['conv0', 'conv1', 'conv2', 'conv3', 'conv4'];
    expect(activationsOf(bytes, { keep: ['conv'] })).toEqual(activationsOf(bytes, { keep: convolutions }));
  });

  test('are refused without a range, and from an operator set without 8-bit weights for every channel', () => {
    expect(() => quantizeModel(network(), { x: [-1, 1] })).toThrow('there is no range of the activation stem');
    const old = decodeModel(network());
    old.opsetImport = [{ domain: '', version: 11 }];
    expect(() => quantizeModel(encodeModel(old), {})).toThrow('operator set 11');
  });
});

const OPTIONS = { provider: 'cpu', threads: 1 } as const;
