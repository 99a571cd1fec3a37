import type { RgbImage } from '../frames/types.js';
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
  const data = new Float32Array(images.length * channels * area);
  const planar = input.layout === 'NCHW';
  images.forEach(({ data: rgb }, n) => {
    const start = n * channels * area;
    if (input.channels === 'GRAY') fillGray(data, start, rgb, input);
    else for (let c = 0; c < 3; c++) fillChannel(data, start + (planar ? c * area : c), planar ? 1 : 3, rgb, input, c);
  });
  return { dims: planar ? [images.length, channels, height, width] : [images.length, height, width, channels], data };
}

/** One colour: the affine map is tabulated, 256 divisions instead of one for every pixel. */
function fillChannel(to: Float32Array, start: number, step: number, rgb: Uint8Array, { channels, scale, mean, std }: ImageInput, c: number): void {
  const byte = channels === 'GRAY' ? 0 : (BYTE_OF_CHANNEL[channels][c] ?? 0);
  const table = Float32Array.from({ length: 256 }, (_, value) => (value * scale - (mean[c] ?? 0)) / (std[c] ?? 1));
  for (let at = start, p = byte; p < rgb.length; at += step, p += 3) to[at] = table[rgb[p]!]!;
}

function fillGray(to: Float32Array, start: number, rgb: Uint8Array, { scale, mean, std }: ImageInput): void {
  for (let at = start, p = 0; p < rgb.length; at++, p += 3) {
    const luma = 0.299 * rgb[p]! + 0.587 * rgb[p + 1]! + 0.114 * rgb[p + 2]!;
    to[at] = (luma * scale - mean[0]) / std[0];
  }
}
