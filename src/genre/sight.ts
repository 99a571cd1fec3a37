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
export interface View {
  readonly coarse: RgbImage;
  readonly window: PixelWindow;
  readonly square: RgbImage;
}

const SQUARE = 299;

export function viewOf(image: RgbImage): View {
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
function oblong({ coarse, window }: View): RgbImage {
  return coarse.height > coarse.width ? resample(coarse, window, 184, 256) : resample(coarse, window, 288, 162);
}

/**
 * Runs of each network that go on side by side. Threads that share a run wait for each other at every layer, and all of them for
 * the one whose core the decoder has taken meanwhile: half of the threads on each of two runs is faster (bench/genre-speed.ts).
 */
export const COPIES = 2;

/** The networks that look at a picture, and what each is shown of it. */
export const SHOWN: Readonly<Record<string, (view: View) => RgbImage>> = {
  'inception-v3.int8': ({ square }) => square,
  'resnet50-imagenet.int8': oblong,
};

/** Outputs of every network, by its id and their names. */
export type Seen = Readonly<Record<string, Readonly<Record<string, Tensor>>>>;

export interface Sight {
  /** Of the networks; changes whenever their answers may. */
  readonly version: string;
  look(view: View): Promise<Seen>;
}

/** @throws KinoscopeError `unavailable` when a network is missing */
export async function openSight(models: Models): Promise<Sight> {
  const networks = await Promise.all(
    Object.entries(SHOWN).map(async ([id, shown]) => ({ network: await models.load(id, COPIES), shown })),
  );
  return {
    version: networks.map(({ network }) => network.version).join(' '),
    look: async (view) =>
      Object.fromEntries(
        await Promise.all(
          networks.map(async ({ network, shown }) => [network.id, await network.runImage(shown(view))] as const),
        ),
      ),
  };
}
