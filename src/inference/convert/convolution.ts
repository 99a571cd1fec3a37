import type { GraphBuilder } from '../onnx/graph-builder.js';
import type { Weight } from './tfjs-weights.js';

/** What is put around a map: as TensorFlow names it, or so many zeros above, left, below and right. */
export type Padding = 'same' | 'valid' | readonly number[];

/** A convolution as TensorFlow has it, followed by `scale[c] * y + shift[c]`, which goes into the weights. */
export interface Convolution {
  /** [height, width, in, out], or [height, width, channels, multiplier] of a depthwise one. */
  readonly kernel: Weight;
  readonly depthwise?: boolean;
  readonly bias?: ArrayLike<number>;
  readonly scale?: ArrayLike<number>;
  readonly shift?: ArrayLike<number>;
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding: Padding;
}

/** TensorFlow's `same` puts an odd padding below and to the right. */
export const paddingOf = (padding: Padding): { auto_pad: string } | { pads: readonly number[] } =>
  typeof padding === 'string' ? { auto_pad: padding === 'same' ? 'SAME_UPPER' : 'VALID' } : { pads: padding };

/** Adds a convolution of an NCHW value; answers the name of its result, NCHW too. */
export function addConvolution(graph: GraphBuilder, name: string, input: string, convolution: Convolution): string {
  const { kernel, bias, scale, shift, strides, dilations = [1, 1], padding } = convolution;
  const [height = 0, width = 0, channels = 0, last = 0] = kernel.shape;
  const depthwise = convolution.depthwise ?? false;
  const filters = depthwise ? channels * last : last;
  const depth = depthwise ? 1 : channels;
  const area = height * width;
  // The kernel's last two dimensions in a row are the filters of a depthwise convolution: both kinds read in order.
  const weights = new Float32Array(kernel.data.length);
  for (let at = 0, position = 0; position < area; position++) {
    for (let c = 0; c < depth; c++) {
      for (let f = 0; f < filters; f++, at++) {
        weights[(f * depth + c) * area + position] = (kernel.data[at] ?? 0) * (scale?.[f] ?? 1);
      }
    }
  }
  const biases = Float32Array.from(
    { length: filters },
    (_, f) => (bias?.[f] ?? 0) * (scale?.[f] ?? 1) + (shift?.[f] ?? 0),
  );
  const inputs = [
    input,
    graph.constant(`${name}/kernel`, [filters, depth, height, width], weights),
    graph.constant(`${name}/bias`, [filters], biases),
  ];
  return graph.node('Conv', name, inputs, {
    kernel_shape: [height, width],
    strides,
    dilations,
    group: depthwise ? channels : 1,
    ...paddingOf(padding),
  });
}
