import type { Box, Point } from '../../../core/boxes.js';
import type { RgbImage } from '../../types.js';
import { aspectOf, type Homography, project, type Quad, rectangleTo } from './homography.js';

/** Pixels of the longer side at most: screens show films, and the detector of faces looks at 640 (faces/detect.ts). */
const LONGEST = 1280;
/** Samples a side of a pixel at most. */
const MOST_SAMPLES = 6;

/** What the quad holds, seen from the front, and the way from its pixels to the photo's. */
export interface Straightened {
  readonly picture: RgbImage;
  readonly toPhoto: Homography;
}

/** The box, in the photo, of a box of what is straightened. */
export function toPhotoBox({ toPhoto }: Pick<Straightened, 'toPhoto'>, [x, y, width, height]: Box): Box {
  const corners = [x, x + width].flatMap((u) => [y, y + height].map((v) => project(toPhoto, [u, v])));
  const [xs, ys] = [corners.map(([u]) => u), corners.map(([, v]) => v)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

/** Where its corners are in the photo. */
export function cornersOf({ picture: { width, height }, toPhoto }: Straightened): Quad {
  const at = (x: number, y: number): Point => project(toPhoto, [x, y]);
  return [at(0, 0), at(width, 0), at(width, height), at(0, height)];
}

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/**
 * Straightens a screen: as many pixels as the photo has of it, at most. Each is the mean of all samples that fall on it, so what is finer
 * (the screen's own pixels, and most of the moire that they make) is gone.
 * @param corners pixels of the photo
 */
export function straighten(photo: RgbImage, corners: Quad): Straightened {
  const [p, q, r, s] = corners;
  const aspect = aspectOf(corners, [photo.width / 2, photo.height / 2]);
  const across = Math.max(distance(p, q), distance(s, r), Math.max(distance(p, s), distance(q, r)) * aspect);
  const longer = Math.min(LONGEST, Math.max(across, across / aspect));
  const width = Math.max(1, Math.round(aspect >= 1 ? longer : longer * aspect));
  const height = Math.max(1, Math.round(width / aspect));
  const toPhoto = rectangleTo(corners, width, height);
  return { picture: warp(photo, toPhoto, width, height), toPhoto };
}

function warp(source: RgbImage, back: Homography, width: number, height: number): RgbImage {
  const [a, b, c, d, e, f, g, h, i] = back;
  const data = new Uint8Array(width * height * 3);
  const samples = samplesOf(back, width, height);
  const sum = new Float64Array(3);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      sum[0] = sum[1] = sum[2] = 0;
      for (let down = 0; down < samples; down++)
        for (let along = 0; along < samples; along++) {
          const [x, y] = [column + (along + 0.5) / samples, row + (down + 0.5) / samples];
          const w = g * x + h * y + i;
          addSample(source, (a * x + b * y + c) / w - 0.5, (d * x + e * y + f) / w - 0.5, sum);
        }
      const at = (row * width + column) * 3;
      for (let channel = 0; channel < 3; channel++) data[at + channel] = sum[channel]! / (samples * samples) + 0.5;
    }
  return { width, height, data };
}

/** As many as pixels of the source fall on one, a side, where the screen is nearest. */
function samplesOf(back: Homography, width: number, height: number): number {
  const steps = (
    [
      [0, 0],
      [width, 0],
      [width, height],
      [0, height],
    ] as const
  ).map((corner) => {
    // prettier-ignore
    const here = project(back, corner);
    return Math.max(
      distance(here, project(back, [corner[0] + 1, corner[1]])),
      distance(here, project(back, [corner[0], corner[1] + 1])),
    );
  });
  return Math.min(MOST_SAMPLES, Math.max(1, Math.round(Math.max(...steps))));
}

/** Adds the bilinear sample at x, y; beyond the edge the picture goes on as it is there. */
function addSample({ width, height, data }: RgbImage, x: number, y: number, sum: Float64Array): void {
  const [u, v] = [Math.min(Math.max(x, 0), width - 1), Math.min(Math.max(y, 0), height - 1)];
  const [left, top] = [Math.min(Math.floor(u), width - 2), Math.min(Math.floor(v), height - 2)];
  const [fx, fy] = [u - left, v - top];
  const at = (Math.max(0, top) * width + Math.max(0, left)) * 3;
  const [next, below] = [width > 1 ? 3 : 0, height > 1 ? width * 3 : 0];
  for (let channel = 0; channel < 3; channel++) {
    const i = at + channel;
    sum[channel]! +=
      (1 - fy) * ((1 - fx) * data[i]! + fx * data[i + next]!) +
      fy * ((1 - fx) * data[i + below]! + fx * data[i + below + next]!);
  }
}
