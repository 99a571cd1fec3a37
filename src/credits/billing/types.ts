import type { CreditsSegment } from '../types.js';

/** Who is billed in the closing credits, and for what, as it was read. */

/** A letter that was read. */
export interface Letter {
  readonly text: string;
  /** 0 to 1. */
  readonly probability: number;
  /** Middle of the letter, as a share of the picture's width. */
  readonly x: number;
  /**
   * The letters that differ from it by their marks only, itself among them: natural logarithms of their probabilities; where readings
   * have voted, of how much likelier each is than the letter without marks.
   */
  readonly family?: Readonly<Record<string, number>>;
}

/** What one picture of a line says: its letters, spaces among them. */
export type Reading = readonly Letter[];

/** A piece of text on the screen: a name, a role, a heading, a sentence. */
export interface BilledText {
  readonly text: string;
  /** 0 to 1: that every letter is right. */
  readonly confidence: number;
  /** Seconds since the first video frame: from when to when it was seen whole. */
  readonly start: number;
  readonly end: number;
}

/** A piece of text with its place. */
export interface PlacedText extends BilledText {
  /** Roll, or cards that follow each other: what stands on one page was seen together. */
  readonly page: number;
  /** Left edge and width, as shares of the picture's width. */
  readonly x: number;
  readonly width: number;
  /** Where its spaces stand, in the order of the text, as shares of the picture's width. */
  readonly spaces: readonly number[];
  /** Middle and height, in picture heights; in a roll counted from its first line. */
  readonly y: number;
  readonly height: number;
}

/** Pieces of text that stand beside each other, from left to right. */
export interface Row {
  readonly page: number;
  readonly y: number;
  readonly height: number;
  readonly start: number;
  readonly end: number;
  readonly parts: readonly PlacedText[];
}

export interface BilledActor {
  /** Null where nobody says whom they play. */
  readonly character: string | null;
  readonly actor: string;
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
}

export interface BilledCrew {
  readonly role: string;
  /** The heading that the role stands under, as "Camera department". */
  readonly department: string | null;
  readonly names: readonly BilledText[];
}

export interface BilledSong {
  readonly title: string;
  /** What is said of it, line by line. */
  readonly lines: readonly string[];
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
}

/** What the lines say. */
export interface Billing {
  readonly cast: readonly BilledActor[];
  readonly crew: readonly BilledCrew[];
  readonly companies: readonly BilledText[];
  readonly songs: readonly BilledSong[];
}

export interface BillingResult extends Billing {
  /** All that was read, line by line: texts that stand beside each other are parts of one. */
  readonly lines: readonly { readonly start: number; readonly end: number; readonly parts: readonly BilledText[] }[];
  /** Where nothing was read, why. */
  readonly reason: string;
  /** The film ends before its container says that it does. */
  readonly truncated: boolean;
  /** Versions of the networks and tables that took part. */
  readonly models: readonly string[];
}

/** What is to be read: stretches of the film that the credits analysis found. */
export type CreditsToRead = readonly Pick<CreditsSegment, 'kind' | 'start' | 'end'>[];
