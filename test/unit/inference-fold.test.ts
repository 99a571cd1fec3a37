import { expect, test } from '@jest/globals';
import { foldModel } from '../../src/inference/convert/fold.js';
import { GraphBuilder } from '../../src/inference/onnx/graph-builder.js';
import { decodeModel } from '../../src/inference/onnx/proto.js';
import { openSession } from '../../src/inference/session.js';
import type { Tensor } from '../../src/inference/types.js';
import { pseudoRandom } from './pseudo-random.js';

/** A network as exporters of Paddle write it: scalar steps, a written-out hard swish, gates, transposed convolutions. */
function network(): Uint8Array {
  const graph = new GraphBuilder('written out');
  let seed = 0;
  const constant = (name: string, dims: readonly number[], positive = false): string => {
    const values = pseudoRandom(
      dims.reduce((a, b) => a * b, 1),
      ++seed,
    );
    return graph.constant(name, dims, positive ? values.map((value) => Math.abs(value) + 0.1) : values);
  };
  const number = (name: string, value: number): string => graph.constant(name, [1], Float32Array.of(value));
  const scaled = (name: string, x: string): string =>
    graph.node('Add', `${name}.shifted`, [
      graph.node('Mul', `${name}.scaled`, [constant(`${name}.m`, [1]), x]),
      constant(`${name}.a`, [1]),
    ]);
  const hardSwish = (name: string, x: string): string => {
    const clipped = graph.node('Clip', `${name}.clip`, [
      graph.node('Add', `${name}.3`, [x, number(`${name}.three`, 3)]),
      number(`${name}.0`, 0),
      number(`${name}.6`, 6),
    ]);
    return graph.node('Div', `${name}.swish`, [
      graph.node('Mul', `${name}.times`, [x, clipped]),
      number(`${name}.six`, 6),
    ]);
  };
  const image = graph.input('x', ['batch', 3, 'height', 'width']);
  const first = graph.node('Conv', 'first', [image, constant('first.w', [16, 3, 3, 3])], {
    kernel_shape: [3, 3],
    pads: [1, 1, 1, 1],
  });
  const normed = graph.node(
    'BatchNormalization',
    'normed',
    [first, constant('gain', [16]), constant('beta', [16]), constant('mean', [16]), constant('variance', [16], true)],
    { epsilon: { float: 0.01 } },
  );
  const one = scaled('b', hardSwish('a', scaled('a', normed)));
  const wide = graph.node('Conv', 'wide', [one, constant('wide.w', [32, 16, 1, 1]), constant('wide.b', [32])], {
    kernel_shape: [1, 1],
  });
  // What goes into a convolution with an edge of zeros cannot be shifted in its weights.
  const two = scaled('d', hardSwish('c', wide));
  const depthwise = graph.node('Conv', 'depthwise', [two, constant('depthwise.w', [32, 1, 3, 3])], {
    kernel_shape: [3, 3],
    pads: [1, 1, 1, 1],
    group: 32,
  });
  const pooled = graph.node('GlobalAveragePool', 'pooled', [depthwise]);
  const gate = graph.node('HardSigmoid', 'gate', [
    graph.node('Conv', 'gating', [pooled, constant('gating.w', [32, 32, 1, 1])], { kernel_shape: [1, 1] }),
  ]);
  const gated = graph.node('Add', 'gated', [depthwise, graph.node('Mul', 'product', [depthwise, gate])]);
  const larger = graph.node('ConvTranspose', 'larger', [gated, constant('larger.w', [32, 5, 2, 2])], {
    kernel_shape: [2, 2],
    strides: [2, 2],
  });
  const biased = graph.node('Add', 'biased', [larger, constant('larger.b', [1, 5, 1, 1])]);
  graph.output('y', graph.node('Relu', 'relu', [biased]));
  graph.output(
    'z',
    scaled('e', graph.node('Conv', 'last', [two, constant('last.w', [2, 32, 1, 1])], { kernel_shape: [1, 1] })),
  );
  return graph.build();
}

async function run(model: Uint8Array, x: Tensor): Promise<Record<string, Tensor>> {
  const session = await openSession(model, { provider: 'cpu', threads: 1 });
  const outputs = await session.run({ x });
  await session.close();
  return outputs;
}

test('a folded network answers what it answered before, with fewer steps', async () => {
  const before = network();
  const after = foldModel(before);
  const x = { dims: [2, 3, 9, 14], data: pseudoRandom(2 * 3 * 9 * 14, 99) };
  const [expected, actual] = [await run(before, x), await run(after, x)];
  for (const name of ['y', 'z']) {
    expect(actual[name]!.dims).toEqual(expected[name]!.dims);
    const [values, folded] = [expected[name]!.data, actual[name]!.data].map((data) =>
      Float64Array.from(data as Float32Array),
    );
    const largest = values!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(0);
    expect(values!.every((value, k) => Math.abs(value - folded![k]!) < 1e-5 * largest)).toBe(true);
  }
  const kinds = (model: Uint8Array, kind: string): number =>
    decodeModel(model).graph.node.filter(({ opType }) => opType === kind).length;
  expect(kinds(after, 'Div')).toBe(0);
  expect(kinds(after, 'BatchNormalization')).toBe(0);
  // The products of the two hard swishes and the gate; what is left of the sums is the gate's.
  expect(kinds(after, 'Mul')).toBe(3);
  expect(kinds(after, 'Add')).toBe(1);
  expect(foldModel(before)).toEqual(after);
});
