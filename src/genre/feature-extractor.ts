import { type PixelWindow, resample } from '../frames/resample.js';
import type { FrameSize, RgbImage } from '../frames/types.js';
import type { Models, Tensor } from '../inference/types.js';
import { activeWindow } from './letterbox.js';

/**
 * Every picture is brought to this size first, then scaled for the networks: their inner values tell sharp pictures from
 * soft ones, and what the heads were trained on here (stills and frames of 320 pixels) is soft beside a film's own frames.
 */
export const COARSE: FrameSize = { width: 320, height: 320, fit: 'inside' };

/** A coarse picture, what is inside its black bars, and that part as the square that Inception V3 takes. */
export interface PreparedInput {
  readonly coarse: RgbImage;
  readonly window: PixelWindow;
  readonly square: RgbImage;
}

const SQUARE = 299;

export function prepareInput(image: RgbImage): PreparedInput {
  const reduction = Math.min(1, COARSE.width / image.width, COARSE.height / image.height);
  const whole = { left: 0, top: 0, width: image.width, height: image.height };
  const coarse =
    reduction === 1
      ? image
      : resample(
          image,
          whole,
          Math.max(1, Math.round(image.width * reduction)),
          Math.max(1, Math.round(image.height * reduction)),
        );
  const window = activeWindow(coarse);
  return { coarse, window, square: resample(coarse, window, SQUARE, SQUARE) };
}

/** ResNet50 takes any size: nearly the shape of a film's frame or of a poster, so that nothing in it is much stretched. */
function oblong({ coarse, window }: PreparedInput): RgbImage {
  return coarse.height > coarse.width ? resample(coarse, window, 184, 256) : resample(coarse, window, 288, 162);
}

/**
 * Runs of each network that go on side by side. Threads that share a run wait for each other at every layer, and all of them for
 * the one whose core the decoder has taken meanwhile: half of the threads on each of two runs is faster (bench/genre-speed.ts).
 */
export const COPIES = 2;

/** The networks that extract features, and the picture that each is given. */
export const NETWORK_INPUTS: Readonly<Record<string, (input: PreparedInput) => RgbImage>> = {
  'inception-v3.int8': ({ square }) => square,
  'resnet50-imagenet.int8': oblong,
};

/** Outputs of every network, by its id and their names. */
export type Features = Readonly<Record<string, Readonly<Record<string, Tensor>>>>;

export interface FeatureExtractor {
  /** Of the networks; changes whenever their answers may. */
  readonly version: string;
  extract(input: PreparedInput): Promise<Features>;
}

/** @throws KinoscopeError `unavailable` when a network is missing */
export async function openFeatureExtractor(models: Models): Promise<FeatureExtractor> {
  const networks = await Promise.all(
    Object.entries(NETWORK_INPUTS).map(async ([id, inputOf]) => ({ network: await models.load(id, COPIES), inputOf })),
  );
  return {
    version: networks.map(({ network }) => network.version).join(' '),
    extract: async (input) =>
      Object.fromEntries(
        await Promise.all(
          networks.map(async ({ network, inputOf }) => [network.id, await network.runImage(inputOf(input))] as const),
        ),
      ),
  };
}
