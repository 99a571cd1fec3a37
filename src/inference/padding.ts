import type { RgbImage } from '../frames/types.js';

/** The picture, black below and to the right, with sides that are multiples of `step` pixels, as the network takes them. */
export function padded(image: RgbImage, step: number): RgbImage {
  const [width, height] = [Math.ceil(image.width / step) * step, Math.ceil(image.height / step) * step];
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < image.height; row++) {
    data.set(image.data.subarray(row * image.width * 3, (row + 1) * image.width * 3), row * width * 3);
  }
  return { width, height, data };
}
