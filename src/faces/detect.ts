import type { RgbImage } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { embedFaces } from './embed.js';
import { findPoints } from './face-points.js';
import { type Evidence, faceProbability, STRONG } from './face-verifier.js';
import { type Box, clip, type FivePoints, iou, type Scored, suppress } from './geometry.js';
import { loadFaceNetwork } from './networks.js';
import { type FaceQuality, faceQuality, misfit } from './quality.js';
import { FACE_DETECTOR, FACE_READERS, RECOGNIZERS } from './recognizers.js';
import { proposeFaces } from './rfb.js';
import { resize } from './warp.js';

/** Pixels of a picture's side: a very thin one has one, too. */
const sideOf = (length: number): number => Math.max(1, Math.round(length));

export interface DetectedFace {
  /** `[x, y, width, height]` in pixels of the picture, inside it. */
  readonly box: Box;
  /** Probability of a face, 0 to 1. */
  readonly score: number;
  /** Left eye, right eye, nose tip, left and right corner of the mouth, pixels. */
  readonly landmarks: FivePoints;
  readonly quality: FaceQuality;
}

export interface Face extends DetectedFace {
  /** Of unit length. */
  readonly embedding: Float32Array;
}

export interface DetectOptions {
  /** Least probability of a face, 0 to 1. Default 0.4. */
  readonly minScore?: number;
  /** Height of the smallest face, pixels of the picture. Default 20. */
  readonly minSize?: number;
  /** Leave out faces that are too small or blurred to tell people apart. Default false. */
  readonly recognisable?: boolean;
}

/**
 * The longer sides, in pixels, at which the detector sees the picture. It finds faces of 15 to 150 pixels best
 * (bench/faces.ts): the small picture shows the large ones, the larger one the small ones, and what both agree on is sure.
 */
export const DETECTION_SIDES: readonly number[] = [320, 640];
/** A picture that is hardly larger than the smaller side is looked at once. */
const LARGER_FROM = 1.2;
/** Least score of the detector, at one of the scales, of a box that is looked into, and of one that supports another. */
const PROPOSED = 0.2;
const SUPPORTING = 0.1;
const OVERLAP = 0.4;
/** Ghosts of a face that fills the picture overlap it less than its boxes at both scales do each other; neighbours hardly at all. */
const GHOST_OVERLAP = 0.3;

/** The picture at the sizes that {@link findBoxes} looks at; the smallest alone where the next is hardly larger. */
export function scaledForDetection(image: RgbImage): RgbImage[] {
  const longer = Math.max(image.width, image.height);
  return DETECTION_SIDES.filter((_, index) => index === 0 || longer > DETECTION_SIDES[index - 1]! * LARGER_FROM).map(
    (side) => {
      const factor = Math.min(1, side / longer);
      return resize(image, sideOf(image.width * factor), sideOf(image.height * factor));
    },
  );
}

/** A box with the detector's scores at both scales; `score` is the probability of a face without looking into it. */
export interface ProposedBox extends Scored {
  readonly evidence: Evidence;
}

/** The mean box, each counting as much as its score. */
function meanBox(votes: readonly Scored[]): Box {
  const total = votes.reduce((sum, { score }) => sum + score, 0);
  const mean = (i: 0 | 1 | 2 | 3): number => votes.reduce((sum, { box, score }) => sum + score * box[i], 0) / total;
  return [mean(0), mean(1), mean(2), mean(3)];
}

/**
 * Boxes of faces, before landmarks and embedding have their say, in pixels of a picture `width` wide, by score.
 * @param scaled that picture at the detector's sizes, smallest first
 */
export async function findBoxes(models: Models, scaled: readonly RgbImage[], width: number): Promise<ProposedBox[]> {
  const model = await loadFaceNetwork(models, FACE_DETECTOR);
  const scales = await Promise.all(
    scaled.map(async (image) => {
      const factor = width / image.width;
      return (await proposeFaces(model, image, SUPPORTING)).map(({ box: [x, y, w, h], score }): Scored => {
        return { box: [x * factor, y * factor, w * factor, h * factor], score };
      });
    }),
  );
  const first = scaled[0]!;
  const unit = (DETECTION_SIDES[1]! / Math.max(first.width, first.height)) * (first.width / width);
  const proposed = suppress(
    scales.flat().filter(({ score }) => score >= PROPOSED),
    GHOST_OVERLAP,
  );
  // Of faces side by side each has its own boxes.
  const nearest = (box: Box): Scored =>
    proposed.reduce((most, one) => (iou(one.box, box) > iou(most.box, box) ? one : most));
  const votes = scales.map((found) =>
    found.map((vote) => ({ ...vote, of: proposed.length > 0 ? nearest(vote.box) : null })),
  );
  return proposed
    .map((one): ProposedBox => {
      const own = votes.map((found) => found.filter(({ box, of }) => of === one && iou(box, one.box) > OVERLAP));
      const [small, large = small] = own.map((found) => Math.max(0, ...found.map(({ score }) => score)));
      const box = meanBox(own.flat());
      const evidence: Evidence = {
        scores: [small!, large!],
        height: box[3] * unit,
        shape: box[2] / box[3],
        strength: null,
      };
      return { box, score: faceProbability(evidence, models.faces), evidence };
    })
    .sort((a, b) => b.score - a.score);
}

/**
 * Faces with landmarks, quality and embedding, by score, highest first.
 * @param scaled the picture at the detector's sizes, where somebody has them already
 * @throws KinoscopeError `unavailable` when a network is missing
 */
export async function readFaces(
  models: Models,
  image: RgbImage,
  options: DetectOptions = {},
  scaled: readonly RgbImage[] = scaledForDetection(image),
): Promise<Face[]> {
  const { minScore = 0.4, minSize = 20, recognisable = false } = options;
  const { recognizer, maxMisfit } = FACE_READERS[models.faces];
  const layout = RECOGNIZERS[recognizer];
  const least = recognisable ? layout.recognisableStrength : layout.minStrength;
  // What the best embedding could not save is not looked into.
  const hopeful = ({ evidence }: ProposedBox): boolean =>
    faceProbability({ ...evidence, strength: STRONG }, models.faces) >= minScore;
  const boxes = (await findBoxes(models, scaled, image.width)).filter((one) => one.box[3] >= minSize && hopeful(one));
  const points = await findPoints(
    models,
    image,
    boxes.map(({ box }) => box),
  );
  const scoreOf = ({ evidence }: ProposedBox, strength: number): number =>
    faceProbability({ ...evidence, strength }, models.faces);
  const faces = boxes
    .map((one, i) => ({ ...one, ...points[i]! }))
    .filter(({ landmarks }) => misfit(landmarks) <= maxMisfit)
    // Where the points tell already that it is no face, no embedding is asked for.
    .filter((one) => one.strength === null || scoreOf(one, one.strength) >= minScore);
  const embedded = await embedFaces(
    models,
    image,
    faces.map(({ landmarks }) => landmarks),
    recognizer,
  );
  return faces
    .flatMap((one, i): Face[] => {
      const { box, landmarks, strength: looks } = one;
      const { embedding, strength, aligned } = embedded[i]!;
      const likeFace = looks ?? strength;
      const score = scoreOf(one, likeFace);
      if (strength < least || score < minScore) return [];
      const quality = faceQuality(aligned, box, landmarks, likeFace);
      return [{ box: clip(box, image.width, image.height), score, landmarks, quality, embedding }];
    })
    .sort((a, b) => b.score - a.score);
}

/** As {@link readFaces}, without the embeddings (which still verify each box). */
export async function detectFaces(
  models: Models,
  image: RgbImage,
  options: DetectOptions = {},
): Promise<DetectedFace[]> {
  return (await readFaces(models, image, options)).map(({ box, score, landmarks, quality }) => ({
    box,
    score,
    landmarks,
    quality,
  }));
}
