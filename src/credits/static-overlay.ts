import type { Evidence } from './evidence.js';
import { isPlain } from './frame-classifier.js';
import { layoutOf } from './layout.js';
import { footRegion, isInRegions, overlayRegions, type OverlayRegions } from './overlay-regions.js';
import type { TextBox } from './text-boxes.js';

/**
 * Text that stays at its place while the picture behind it changes is a channel's logo: it is in more than `share` of the
 * frames with little text, over `seconds` and in `frames` of them at least, and in more than `alone` of those that show it
 * nothing else is read. Names of credits may stand where others stood, but never alone. Frames with more than `boxes` lines are lists.
 */
const LOGO = { boxes: 6, frames: 3, seconds: 10, share: 0.5, alone: 0.25, overlap: 0.6 };
/**
 * However much of it there is, text is an overlay that stands from the first frame on in more than `share` of all frames over
 * `seconds` at least, in front of so many pictures that are not plain. No card stays so long, and lists stand on a plain ground.
 */
const THROUGHOUT = { seconds: 45, share: 0.9, pictures: 3 };
/** A picture whose entropy, bits, or median luma differs by less may be the same card. */
const OTHER_PICTURE = { entropy: 0.15, luma: 0.03 };

/** Area that two boxes share, of the area that either covers. */
export function overlap(a: TextBox, b: TextBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}

const isAt = (box: TextBox, places: readonly TextBox[]): boolean =>
  places.some((place) => overlap(box, place) > LOGO.overlap);

const isOther = ({ stats: a }: Evidence, { stats: b }: Evidence): boolean =>
  Math.abs(a.entropy - b.entropy) > OTHER_PICTURE.entropy || Math.abs(a.lumaMedian - b.lumaMedian) > OTHER_PICTURE.luma;

/** Text that is no part of what is shown: logos at their places, and regions where text changes but stays. */
export interface StaticOverlays {
  readonly places: readonly TextBox[];
  readonly regions: OverlayRegions | null;
}

/** Where logos stand. @param samples in order of time */
export function staticText(samples: readonly Evidence[]): TextBox[] {
  const sparse = samples.filter(({ boxes }) => boxes !== null && boxes.length <= LOGO.boxes);
  const stays = (box: TextBox, sample: Evidence): boolean => {
    const shown = sparse.filter((other) => isAt(box, other.boxes!));
    const [first, last] = [shown[0]!.time, shown.at(-1)!.time];
    return (
      last - first >= LOGO.seconds &&
      shown.filter((other) => isOther(other, sample)).length >= LOGO.frames &&
      shown.filter(({ boxes }) => boxes!.length === 1).length > LOGO.alone * shown.length &&
      shown.length > LOGO.share * sparse.filter(({ time }) => time >= first && time <= last).length
    );
  };
  const all = samples.filter(({ boxes }) => boxes !== null);
  const found: TextBox[] = [];
  for (const sample of sparse) {
    for (const box of sample.boxes!) {
      if (!isAt(box, found) && (stays(box, sample) || isThroughout(box, sample, all))) found.push(box);
    }
  }
  return found;
}

/** Whether a box of a frame stands in nearly all of them while the pictures change. @param all frames that were read, in order of time */
function isThroughout(box: TextBox, sample: Evidence, all: readonly Evidence[]): boolean {
  const shown = all.filter((other) => isAt(box, other.boxes!));
  return (
    all.at(-1)!.time - all[0]!.time >= THROUGHOUT.seconds &&
    shown.length > THROUGHOUT.share * all.length &&
    shown.filter((other) => !isPlain(other) && isOther(other, sample)).length >= THROUGHOUT.pictures
  );
}

/** @param half until when text that stays is an overlay's, seconds */
export const overlaysOf = (samples: readonly Evidence[], half: number): StaticOverlays => ({
  places: staticText(samples),
  regions: overlayRegions(samples, half),
});

/** What a frame shows beside overlays. */
export function besideOverlays(sample: Evidence, { places, regions }: StaticOverlays): Evidence {
  if (sample.boxes === null || (places.length === 0 && regions === null)) return sample;
  const boxes = sample.boxes.filter(
    (box) => !isAt(box, places) && (regions === null || !isInRegions(box, sample, regions)),
  );
  return boxes.length === sample.boxes.length ? sample : { ...sample, boxes, layout: layoutOf(boxes) };
}

/** Overlays whose middle lies below are at the picture's foot. */
const FOOT = 0.75;

/** How much of the picture's height, from its foot up, overlays take. */
export function footOf({ places, regions }: StaticOverlays): number {
  const tops = [
    ...places.filter(({ y, height }) => y + height / 2 > FOOT).map(({ y }) => y),
    ...(regions === null ? [] : [footRegion(regions)]),
  ];
  return 1 - Math.min(1, ...tops);
}
