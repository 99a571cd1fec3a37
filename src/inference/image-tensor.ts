import type { RgbImage } from '../frames/types.js';
import { spareFloats } from './spare-memory.js';
import type { ImageInput, Tensor } from './types.js';

/** For every channel of the tensor, in its order, the byte of an RGB pixel that it takes. */
const BYTE_OF_CHANNEL = { RGB: [0, 1, 2], BGR: [2, 1, 0] } as const;

/**
 * The width and height of all these pictures.
 * @throws RangeError when there is none, or one has not the size that the network takes (or the first one has)
 */
export function checkSizes(images: readonly RgbImage[], input: ImageInput): { width: number; height: number } {
  const [first] = images;
  if (!first) throw new RangeError('no picture to run');
  const width = input.width ?? first.width;
  const height = input.height ?? first.height;
  for (const image of images) {
    if (image.width !== width || image.height !== height) {
      throw new RangeError(`a picture of ${image.width} x ${image.height} where ${width} x ${height} is wanted`);
    }
    if (image.data.length !== width * height * 3) {
      throw new RangeError(`${image.data.length} bytes for an RGB picture of ${width} x ${height}`);
    }
  }
  return { width, height };
}

/**
 * Pictures of one size as one float tensor [N, C, H, W] or [N, H, W, C], by the network's input contract.
 * @throws RangeError when there is none, or one has the wrong size
 */
export function imagesToTensor(images: readonly RgbImage[], input: ImageInput): Tensor {
  const { width, height } = checkSizes(images, input);
  const channels = input.channels === 'GRAY' ? 1 : 3;
  const area = width * height;
  const data = spareFloats(images.length * channels * area);
  const planar = input.layout === 'NCHW';
  images.forEach(({ data: rgb }, n) => {
    const start = n * channels * area;
    if (input.channels === 'GRAY') fillGray(data, start, rgb, input);
    else
      fillColours(
        data,
        start,
        planar ? { next: 1, channel: area } : { next: 3, channel: 1 },
        rgb,
        BYTE_OF_CHANNEL[input.channels],
        input,
      );
  });
  return { dims: planar ? [images.length, channels, height, width] : [images.length, height, width, channels], data };
}

/**
 * The affine map of each channel is tabulated: 256 divisions instead of one for every pixel.
 * @param step how far apart a pixel and the next, and a channel and the next, are in `to`
 */
function fillColours(
  to: Float32Array,
  start: number,
  step: { readonly next: number; readonly channel: number },
  rgb: Uint8Array,
  [first, second, third]: (typeof BYTE_OF_CHANNEL)[keyof typeof BYTE_OF_CHANNEL],
  { scale, mean, std }: ImageInput,
): void {
  const tableOf = (c: number): Float32Array =>
    Float32Array.from({ length: 256 }, (_, value) => (value * scale - (mean[c] ?? 0)) / (std[c] ?? 1));
  const [a, b, c] = [tableOf(0), tableOf(1), tableOf(2)];
  const { next, channel } = step;
  for (let at = start, p = 0; p < rgb.length; at += next, p += 3) {
    to[at] = a[rgb[p + first]!]!;
    to[at + channel] = b[rgb[p + second]!]!;
    to[at + 2 * channel] = c[rgb[p + third]!]!;
  }
}

function fillGray(to: Float32Array, start: number, rgb: Uint8Array, { scale, mean, std }: ImageInput): void {
  for (let at = start, p = 0; p < rgb.length; at++, p += 3) {
    const luma = 0.299 * rgb[p]! + 0.587 * rgb[p + 1]! + 0.114 * rgb[p + 2]!;
    to[at] = (luma * scale - mean[0]) / std[0];
  }
}
