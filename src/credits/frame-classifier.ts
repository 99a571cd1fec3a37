import { probabilityOf, type BoostedTrees } from './boosting.js';
import type { Evidence } from './evidence.js';
import type { TextLayout } from './layout.js';
import type { PictureStats } from './picture.js';

/** What one frame may show: lines and names are small text over a picture, text is all other that may be of credits. */
export const FRAME_CLASSES = ['picture', 'lines', 'names', 'text', 'black'] as const;

/** How likely a frame shows each of `FRAME_CLASSES`; sums to 1. */
export type FrameClasses = Readonly<Record<(typeof FRAME_CLASSES)[number], number>>;

/** How a frame's class is told from its evidence; see data/credits-frame-classifier.json. */
export interface FrameClassifier {
  /** Credit text or not, from `frameFeatures`. */
  readonly trees: BoostedTrees;
}

/** Names of the columns of `frameFeatures`, in order. */
export const FRAME_FEATURES = [
  'lumaLow',
  'lumaMedian',
  'lumaHigh',
  'saturation',
  'entropy',
  'plainness',
  'dark',
  'boxes',
  'area',
  'lineHeight',
  'tallest',
  'extent',
  'atFoot',
  'offCentre',
  'leftColumn',
  'rightColumn',
  'centreColumn',
  'beside',
  'lineWidth',
  'raggedness',
] as const;

/** What a single frame tells; a missing value is NaN. */
export function frameFeatures({ stats, layout }: Pick<Evidence, 'stats' | 'layout'>): number[] {
  const values: Readonly<Record<string, number>> = { ...stats, ...layout };
  return FRAME_FEATURES.map((name) => values[name] ?? NaN);
}

/** Nearly nothing brighter than a television's black, and, as far as was looked, nothing to read. */
export function isBlack({
  stats,
  layout,
}: {
  readonly stats: PictureStats;
  readonly layout?: TextLayout | null;
}): boolean {
  return stats.lumaHigh < 0.09 && stats.dark > 0.998 && (layout?.boxes ?? 0) === 0;
}

/** A ground that cards and rolls are set on: one level, or dark, nearly everywhere. */
export const isPlain = ({ stats }: { readonly stats: PictureStats }): boolean =>
  stats.plainness > 0.45 || stats.dark > 0.6;

/** Probability that a frame shows credit text, 0.01 to 0.99. */
export function creditTextProbability(sample: Evidence, model: FrameClassifier): number {
  if (isBlack(sample)) return 0.01;
  return Math.min(0.99, Math.max(0.01, probabilityOf(model.trees, frameFeatures(sample))));
}

/** Names over a story are a job and a name at least, no taller than this part of the picture, and most not at its foot. */
const NAMES = { lines: 2, tallest: 0.1, atFoot: 0.5 };

function isSmallText(sample: Evidence): boolean {
  const { layout } = sample;
  return (
    layout !== null &&
    !isPlain(sample) &&
    layout.boxes >= NAMES.lines &&
    layout.tallest < NAMES.tallest &&
    layout.atFoot <= NAMES.atFoot
  );
}

export function classifyFrame(sample: Evidence, model: FrameClassifier): FrameClasses {
  const none = { picture: 0, lines: 0, names: 0, text: 0 };
  if (isBlack(sample)) return { ...none, picture: 0.01, text: 0.01, black: 0.98 };
  const credits = 0.99 * creditTextProbability(sample, model);
  const other = 0.99 - credits;
  return isSmallText(sample)
    ? { ...none, lines: other, names: credits, black: 0.01 }
    : { ...none, picture: other, text: credits, black: 0.01 };
}
