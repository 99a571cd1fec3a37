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
  const step = planar ? 1 : channels;
  for (let c = 0; c < channels; c++) {
    const channel = input.channels === 'GRAY' ? grayReader(input) : channelReader(input, c);
    images.forEach((image, n) => {
      const start = n * channels * area + (planar ? c * area : c);
      for (let i = 0; i < area; i++) data[start + i * step] = channel(image.data, i * 3);
    });
  }
  return { dims: planar ? [images.length, channels, height, width] : [images.length, height, width, channels], data };
}

type ChannelReader = (rgb: Uint8Array, pixel: number) => number;

/** One colour: the affine map is tabulated, 256 divisions instead of one for every pixel. */
function channelReader({ channels, scale, mean, std }: ImageInput, c: number): ChannelReader {
  const byte = channels === 'GRAY' ? 0 : (BYTE_OF_CHANNEL[channels][c] ?? 0);
  const table = Float32Array.from({ length: 256 }, (_, value) => (value * scale - (mean[c] ?? 0)) / (std[c] ?? 1));
  return (rgb, pixel) => table[rgb[pixel + byte] ?? 0] ?? 0;
}

function grayReader({ scale, mean, std }: ImageInput): ChannelReader {
  return (rgb, pixel) => {
    const luma = 0.299 * (rgb[pixel] ?? 0) + 0.587 * (rgb[pixel + 1] ?? 0) + 0.114 * (rgb[pixel + 2] ?? 0);
    return (luma * scale - mean[0]) / std[0];
  };
}
