import { join } from 'node:path';
import type { FaceNetworks } from '../config/face-networks.js';
import { DATA, loadLearnt } from '../parameters/learnt.js';
import type { FivePoints, Point } from './geometry.js';
import { TEMPLATE_112 } from './warp.js';

/** One picture of a face that an embedding network sees. */
export interface Look {
  /** Where the five points lie in it. */
  readonly template: FivePoints;
  /** Seen in a mirror. */
  readonly mirrored: boolean;
}

/** What makes the embeddings of two people as little alike as the network can. */
export interface Whitening {
  /** The mean embedding. */
  readonly centre: Float32Array;
  /** Row by row: a root of the inverse of how embeddings of different people scatter. */
  readonly matrix: Float32Array;
}

/** How a face is laid out for an embedding network. */
export interface Recognizer {
  /** The network's name in models/manifest.json. */
  readonly id: string;
  /** Side of the square that it sees, pixels. */
  readonly side: number;
  /** The pictures whose mean embedding it is; the first one tells how sharp the face is. */
  readonly looks: readonly [Look, ...Look[]];
  /** What the mean goes through; null: nothing. */
  readonly whitening: Whitening | null;
  /** A face whose embedding is less strong than this is none. */
  readonly minStrength: number;
  /** One less strong than this is too small or blurred to tell people apart: films leave it out. */
  readonly recognisableStrength: number;
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

/** Float32, little endian: the centre, then the matrix. @throws Error when it has another size */
export function decodeWhitening(content: Buffer, size: number): Whitening {
  if (content.length !== 4 * size * (size + 1)) throw new Error(`${content.length} bytes for ${size} numbers`);
  const numbers = Float32Array.from({ length: size * (size + 1) }, (_, i) => content.readFloatLE(4 * i));
  return { centre: numbers.subarray(0, size), matrix: numbers.subarray(size) };
}

/** Learnt by bench/faces-whitening.ts. */
export const WHITENING_TABLE = 'face-whitening.bin';
const WHITENING = loadLearnt(join(DATA, WHITENING_TABLE), (content) => decodeWhitening(content, 128)).value;

export const RECOGNIZERS = {
  'face-embed-512': {
    id: 'face-embed-512',
    side: 112,
    looks: [{ template: TEMPLATE_112, mirrored: false }],
    whitening: null,
    minStrength: 1.25,
    recognisableStrength: 2,
  },
  // Margins of .15 and .25 (dlib's own), the wider one in the mirror: two looks name as many right as four do.
  'face-embed-128': {
    id: 'face-embed-128',
    side: 150,
    looks: [
      { template: dlibTemplate(150, 0.15), mirrored: false },
      { template: dlibTemplate(150, 0.25), mirrored: true },
    ],
    whitening: WHITENING,
    minStrength: 0,
    recognisableStrength: 0.6,
  },
} as const satisfies Record<string, Recognizer>;

export type RecognizerId = keyof typeof RECOGNIZERS;

/**
 * By the number of an embedding's numbers: how much more alike than by face-embed-512 faces must be to be one person's. Poor faces of a
 * film are more alike by face-embed-128; from .08 to .2 nobody of the scene of bench/cast.ts is named wrong, chosen with it in view.
 */
const DEMANDS: ReadonlyMap<number, number> = new Map([[128, 0.12]]);

/** What is added to the likeness that two faces need, whichever network they were read by (their embeddings tell). */
export function demandOf(embedding: Float32Array): number {
  return DEMANDS.get(embedding.length) ?? 0;
}

export const FACE_DETECTOR = 'face-rfb';

/** The networks that look into the boxes which the detector proposes. */
export interface FaceReaders {
  readonly landmarks: 'face-mesh' | 'face-landmark';
  readonly recognizer: RecognizerId;
  /** Points further from any face's than this, in pixels of 112: 99 % of gallery photos stay below 6.8 (landmark), 8.8 (mesh). */
  readonly maxMisfit: number;
}

export const FACE_READERS: Readonly<Record<FaceNetworks, FaceReaders>> = {
  clear: { landmarks: 'face-mesh', recognizer: 'face-embed-128', maxMisfit: 12 },
  best: { landmarks: 'face-landmark', recognizer: 'face-embed-512', maxMisfit: 9 },
};
