import type { Evidence } from './evidence.js';
import type { TextLayout } from './layout.js';
import type { PictureStats } from './picture.js';
import { probabilityOf } from './boosting.js';
import type { BoostedTrees } from './boosting.js';

/** What one frame looks like; sums to 1. */
export interface Look {
  readonly picture: number;
  readonly text: number;
  readonly black: number;
}

/** How a frame's look is told from its evidence; see data/credits-look.json. */
export interface LookModel {
  /** Credit text or not, from `lookFeatures`. */
  readonly trees: BoostedTrees;
}

/** Names of the columns of `lookFeatures`, in order. */
export const LOOK_FEATURES = [
  'lumaLow', 'lumaMedian', 'lumaHigh', 'saturation', 'entropy', 'plainness', 'dark',
  'boxes', 'area', 'lineHeight', 'tallest', 'extent', 'atFoot', 'offCentre', 'leftColumn', 'rightColumn',
  'centreColumn', 'beside', 'lineWidth', 'raggedness',
] as const;

/** What a single frame tells; a missing value is NaN. */
export function lookFeatures({ stats, layout }: Pick<Evidence, 'stats' | 'layout'>): number[] {
  const values: Readonly<Record<string, number>> = { ...stats, ...layout };
  return LOOK_FEATURES.map((name) => values[name] ?? NaN);
}

/** Nearly nothing brighter than a television's black, and, as far as was looked, nothing to read. */
export function isBlack({ stats, layout }: { readonly stats: PictureStats; readonly layout?: TextLayout | null }): boolean {
  return stats.lumaHigh < 0.09 && stats.dark > 0.998 && (layout?.boxes ?? 0) === 0;
}

/** A ground that cards and rolls are set on: one level, or dark, nearly everywhere. */
export const isPlain = ({ stats }: { readonly stats: PictureStats }): boolean => stats.plainness > 0.45 || stats.dark > 0.6;

/** Probability that a frame shows credit text, 0.01 to 0.99. */
export function creditTextProbability(sample: Evidence, model: LookModel): number {
  if (isBlack(sample)) return 0.01;
  return Math.min(0.99, Math.max(0.01, probabilityOf(model.trees, lookFeatures(sample))));
}

export function lookOf(sample: Evidence, model: LookModel): Look {
  if (isBlack(sample)) return { picture: 0.01, text: 0.01, black: 0.98 };
  const text = creditTextProbability(sample, model);
  return { picture: 0.99 * (1 - text), text: 0.99 * text, black: 0.01 };
}
