import type { SoundPrint } from '../frames/sound-print.js';
import type { PicturePrint } from './picture-print.js';

/** What is kept of an episode to compare it with others. */
export interface Fingerprint {
  /** Seconds. */
  readonly duration: number;
  /** null: it has no sound. */
  readonly sound: SoundPrint | null;
  /** null: its pictures were not seen. */
  readonly pictures: PicturePrint | null;
}

export const PART_KINDS = ['recap', 'intro', 'preview'] as const;
/** `intro`: opening titles; `recap`: what earlier episodes showed; `preview`: what the next one shows. */
export type PartKind = (typeof PART_KINDS)[number];

/** A stretch of an episode that its season tells. */
export interface Part {
  readonly kind: PartKind;
  /** Seconds since the first video frame, `start <= t < end`. */
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** In one line, for a person. */
  readonly reason: string;
}

/** What was found in an episode, in order of time, and why there is nothing of a kind. */
export interface EpisodeParts {
  readonly parts: readonly Part[];
  /** One line for each kind that was not found. */
  readonly none: Readonly<Partial<Record<PartKind, string>>>;
}

/** A chapter's name as evidence. */
export interface NamedChapter {
  readonly start: number;
  readonly end: number;
  readonly kind: PartKind;
}

/** An episode among others, in the order in which they are watched. */
export interface Episode extends Fingerprint {
  /** How a reason names it. */
  readonly name: string;
  /** Of which season: openings are learnt within one, recaps may show an earlier one. */
  readonly season: number | null;
  /** Its place, counted in episodes: the next one is one later; null for specials. */
  readonly number: number | null;
  /** Where its closing credits start, seconds; null where that is not known. */
  readonly creditsStart: number | null;
  readonly chapters: readonly NamedChapter[];
}
