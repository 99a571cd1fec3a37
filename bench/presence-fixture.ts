import { readFileSync } from 'node:fs';
import type { Box } from '../src/core/boxes.js';

/** Who is on screen, drawn by hand (bench/fixtures/presence.json says how). */

export interface DrawnPerson {
  readonly who: string;
  readonly box: Box;
  readonly face: 'front' | 'side' | 'away';
  readonly unsure?: true;
}

export interface DrawnClip {
  readonly rate: readonly [number, number];
  /** `who` is a name of the gallery in data/faces. */
  readonly named?: true;
  /** Frames that a gallery of the clip can be made of, by `who`. */
  readonly gallery?: Readonly<Record<string, readonly number[]>>;
  /** Where a gallery frame shows several faces, which is theirs: by `who`, the number from the left. */
  readonly galleryFaces?: Readonly<Record<string, number>>;
  readonly frames: readonly { readonly frame: number; readonly people: readonly DrawnPerson[] }[];
}

/** By path in the data's folder. */
export const DRAWN = (
  JSON.parse(readFileSync(new URL('./fixtures/presence.json', import.meta.url), 'utf8')) as {
    readonly clips: Readonly<Record<string, DrawnClip>>;
  }
).clips;

export const secondsOf = ({ rate: [frames, seconds] }: DrawnClip, frame: number): number => (frame * seconds) / frames;
