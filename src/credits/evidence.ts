import type { RgbImage } from '../frames/types.js';
import { layoutOf, type TextLayout } from './layout.js';
import {
  change,
  halved,
  pictureStats,
  sketch,
  verticalShift,
  type PictureSketch,
  type PictureStats,
} from './picture.js';
import type { TextBox } from './text-boxes.js';

/** Everything that is known about one sampled frame. */
export interface Evidence {
  /** Seconds since the first video frame. */
  readonly time: number;
  readonly stats: PictureStats;
  /** Lines of text; null where none were looked for. */
  readonly boxes: readonly TextBox[] | null;
  /** How they are laid out; null as `boxes`. */
  readonly layout: TextLayout | null;
  /** Whether text was looked for at the full size too. */
  readonly thorough: boolean;
  /** Log-odds that the lines it shows are of credits, by their words; null where none were recognised. */
  readonly words: number | null;
  /** Mean luma difference to the sample before, 0 to 1; null for the first and after a long gap. */
  readonly change: number | null;
  /** How fast what has edges rises, picture heights a second; null where it cannot be told. */
  readonly rise: number | null;
  /** Normalised correlation with the sample before without any shift, 0 to 1; null as `change`. */
  readonly still: number | null;
}

/** A sampled frame before its text is known. */
export interface Sample {
  readonly time: number;
  /** As it was decoded, for small print. */
  readonly full: RgbImage;
  /** At about 320 pixels of width: what is measured and read first. */
  readonly image: RgbImage;
  readonly sketch: PictureSketch;
  readonly stats: PictureStats;
}

/** Half of anything narrower would be too small for PP-OCR. */
const HALVED_FROM_WIDTH = 560;

/** What is measured of a frame is measured when it is asked for: many frames are kept and never looked at. */
export function sampleOf(time: number, full: RgbImage): Sample {
  const measured: { image?: RgbImage; sketch?: PictureSketch; stats?: PictureStats } = {};
  return {
    time,
    full,
    get image() {
      return (measured.image ??= full.width > HALVED_FROM_WIDTH ? halved(full) : full);
    },
    get sketch() {
      return (measured.sketch ??= sketch(this.image));
    },
    get stats() {
      return (measured.stats ??= pictureStats(this.image, this.sketch));
    },
  };
}

/** Two samples further apart than this share no line of a roll and no card. */
const LONGEST_GAP_SECONDS = 3;
/** Correlation from which a shift is believed. */
const SURE_MATCH = 0.6;

/** What a sample is compared with. */
export type Before = Pick<Sample, 'time' | 'sketch'>;

export function evidenceOf(
  sample: Sample,
  before: Before | null,
  boxes: readonly TextBox[] | null,
  thorough = true,
): Evidence {
  const comparable =
    before !== null &&
    sample.time - before.time <= LONGEST_GAP_SECONDS &&
    before.sketch.luma.length === sample.sketch.luma.length;
  const layout = boxes === null ? null : layoutOf(boxes);
  let rise: number | null = null;
  let still: number | null = null;
  if (comparable) {
    const found = verticalShift(before.sketch, sample.sketch);
    still = found.still;
    if (found.match > SURE_MATCH) rise = found.shift / (sample.time - before.time);
  }
  return {
    time: sample.time,
    stats: sample.stats,
    boxes,
    layout,
    thorough,
    words: null,
    change: comparable ? change(before.sketch, sample.sketch) : null,
    rise,
    still,
  };
}
