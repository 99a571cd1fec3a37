import type { TimeWindow } from '../frames/types.js';
import type { Inside } from './bars.js';
import type { ChapterWitness } from './chapters.js';
import type { Evidence } from './evidence.js';
import type { Segmentation, State } from './segmenter.js';
import type { StaticOverlays } from './static-overlay.js';

/** A stretch of one state on the film's own clock. */
export interface Stretch {
  readonly state: State;
  readonly start: number;
  readonly end: number;
}

export interface Search {
  readonly window: TimeWindow;
  /** What frames show beside overlays. */
  readonly samples: readonly Evidence[];
  /** Frames before names over pictures, read at a larger size: {@link readNamesClosely}. */
  readonly close: readonly Evidence[];
  readonly overlays: StaticOverlays;
  readonly segmentation: Segmentation;
  readonly chapters: readonly ChapterWitness[];
  readonly truncated: boolean;
  /** Where the picture is in frames with wide bars, which are cut off. */
  readonly inside?: Inside;
}

export const SLOT_SECONDS = 1;

/** The stretches of the most likely segmentation. */
export function stretchesOf({ segmentation, window }: Pick<Search, 'segmentation' | 'window'>): Stretch[] {
  return segmentation.runs.map(({ state, from, to }) => ({
    state,
    start: window.start + from * SLOT_SECONDS,
    end: Math.min(window.end, window.start + to * SLOT_SECONDS),
  }));
}
