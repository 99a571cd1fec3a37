import type { Point } from '../../src/core/boxes.js';
import { inverse, project, type Quad, rectangleTo } from '../../src/frames/pictures/screen/homography.js';
import type { RgbImage } from '../../src/frames/types.js';

type Colour = readonly [number, number, number];

export interface DrawnScreen {
  /** Pixels of the photo. */
  readonly corners: Quad;
  readonly width: number;
  readonly height: number;
  readonly wall?: Colour;
  readonly frame?: Colour;
  /** How thick the frame is, in the screen's widths. */
  readonly rim?: number;
}

const SAMPLES = [[0.2, 0.2], [0.8, 0.2], [0.5, 0.5], [0.2, 0.8], [0.8, 0.8]] as const; // prettier-ignore

/** A photo of a room with a screen that shows a picture. */
export function drawScreen(
  shown: RgbImage,
  { corners, width, height, wall = [180, 170, 160], frame = [15, 15, 18], rim = 0.02 }: DrawnScreen,
): RgbImage {
  const back = inverse(rectangleTo(corners, 1, 1));
  const below = (rim * shown.width) / shown.height;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0];
      for (const [dx, dy] of SAMPLES) {
        const [u, v] = project(back, [x + dx, y + dy]);
        const colour = colourAt(shown, [u, v]) ?? (isFrame(u, v, rim, below) ? frame : wall);
        for (let channel = 0; channel < 3; channel++) sum[channel]! += colour[channel]! / SAMPLES.length;
      }
      data.set(sum, (y * width + x) * 3);
    }
  return { width, height, data };
}

const isFrame = (u: number, v: number, rim: number, below: number): boolean =>
  u > -rim && u < 1 + rim && v > -below && v < 1 + below;

function colourAt({ width, height, data }: RgbImage, [u, v]: Point): Uint8Array | null {
  if (u < 0 || v < 0 || u >= 1 || v >= 1) return null;
  const at = (Math.floor(v * height) * width + Math.floor(u * width)) * 3;
  return data.subarray(at, at + 3);
}
