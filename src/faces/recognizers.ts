import type { FivePoints, Point } from './geometry.js';
import { TEMPLATE_112 } from './warp.js';

/** How a face is laid out for an embedding network. */
export interface Recognizer {
  /** The network's name in models/manifest.json. */
  readonly id: string;
  /** Side of the square that it sees, pixels. */
  readonly side: number;
  /** Where the five points lie in that square. */
  readonly template: FivePoints;
  /** Whether the embedding's length before scaling says how much it looks like a face. */
  readonly tellsFaces: boolean;
  /** A face whose embedding is shorter than this before scaling is no face: the length falls with the likeness. */
  readonly minLength: number;
  /** One shorter than this is too small or blurred to tell people apart: films leave it out. */
  readonly recognisableLength: number;
}

/**
 * The mean face of dlib's 68-point shapes, five points as fractions of its bounding square, inside a margin: the chips
 * that the 128-number network was trained on.
 */
function dlibTemplate(side: number, margin: number): FivePoints {
  const place = (x: number, y: number): Point => [
    ((x + margin) / (1 + 2 * margin)) * side,
    ((y + margin) / (1 + 2 * margin)) * side,
  ];
  return [place(0.224, 0.212), place(0.756, 0.212), place(0.49, 0.516), place(0.276, 0.775), place(0.706, 0.775)];
}

export const RECOGNIZERS = {
  'face-embed-512': {
    id: 'face-embed-512',
    side: 112,
    template: TEMPLATE_112,
    tellsFaces: true,
    minLength: 1.25,
    recognisableLength: 2,
  },
  // A margin of .15 keeps more true pairs at 1 % false (.969) than dlib's own .25 (.960) or .35 (.931): bench/faces.ts.
  'face-embed-128': {
    id: 'face-embed-128',
    side: 150,
    template: dlibTemplate(150, 0.15),
    tellsFaces: false,
    minLength: 0,
    recognisableLength: 0,
  },
} as const satisfies Record<string, Recognizer>;

export type RecognizerId = keyof typeof RECOGNIZERS;
export const DEFAULT_RECOGNIZER: RecognizerId = 'face-embed-512';
