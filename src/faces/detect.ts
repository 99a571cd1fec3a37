import type { RgbImage } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { alignFace, embedAligned } from './embed.js';
import { type Box, clip, type FivePoints, type Scored, suppress } from './geometry.js';
import { findLandmarks } from './landmarks.js';
import { type FaceQuality, faceQuality, misfit } from './quality.js';
import { DEFAULT_RECOGNIZER, RECOGNIZERS, type RecognizerId } from './recognizers.js';
import { proposeFaces } from './rfb.js';
import { resize } from './warp.js';

export interface DetectedFace {
  /** `[x, y, width, height]` in pixels of the picture, inside it. */
  readonly box: Box;
  /** 0 to 1. */
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
  /** Least score. Default 0.6. */
  readonly minScore?: number;
  /** Height of the smallest face, pixels of the picture. Default 20. */
  readonly minSize?: number;
  /** Leave out faces that are too small or blurred to tell people apart. Default false. */
  readonly recognisable?: boolean;
  /** Which network gives the second opinion and the embeddings. Default `face-embed-512`. */
  readonly recognizer?: RecognizerId;
}

/**
 * The picture's longer side, in pixels, at which the detector sees it, and the largest box taken from there. It finds
 * faces of 15 to 150 pixels best (bench/faces.ts), so the small picture answers for most and the larger one for what is
 * small: together AP .90 on faces of 30 pixels in crowds, where either alone has .90 and .84 and misses small ones.
 */
const SCALES: readonly { readonly side: number; readonly maxBox: number; readonly stricter: number }[] = [
  { side: 320, maxBox: Infinity, stricter: 0 },
  // Of what only the larger picture shows, props and patterns score up to .79 and faces .85 and more (sitcom scene).
  { side: 640, maxBox: 64, stricter: 0.2 },
];
const OVERLAP = 0.4;
/** Points further from any face's than this, in pixels of 112: 99 % of gallery photos stay below 6.8. */
const MAX_MISFIT = 9;

/** The picture at the sizes that {@link findBoxes} looks at; the smallest alone where the next is hardly larger. */
export function scaledForDetection(image: RgbImage): RgbImage[] {
  const longer = Math.max(image.width, image.height);
  return SCALES.filter((_, index) => index === 0 || longer > SCALES[index - 1]!.side * 1.2).map(({ side }) => {
    const factor = Math.min(1, side / longer);
    return resize(image, Math.round(image.width * factor), Math.round(image.height * factor));
  });
}

/** The longer sides of those sizes, pixels. */
export const DETECTION_SIDES: readonly number[] = SCALES.map(({ side }) => side);

/**
 * Boxes of faces, before landmarks and the second opinion, in pixels of a picture `width` wide.
 * @param scaled that picture at the detector's sizes, smallest first
 */
export async function findBoxes(
  models: Models,
  scaled: readonly RgbImage[],
  width: number,
  minScore: number,
): Promise<Scored[]> {
  const model = await models.load('face-rfb');
  const found = await Promise.all(
    scaled.map(async (image, index) => {
      const { maxBox, stricter } = SCALES[index]!;
      const factor = width / image.width;
      return (await proposeFaces(model, image, minScore + stricter))
        .filter(({ box }) => Math.max(box[2], box[3]) <= maxBox)
        .map(({ box: [x, y, w, h], score }): Scored => {
          return { box: [x * factor, y * factor, w * factor, h * factor], score };
        });
    }),
  );
  return suppress(found.flat(), OVERLAP);
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
  const { minScore = 0.6, minSize = 20, recognisable = false, recognizer = DEFAULT_RECOGNIZER } = options;
  const layout = RECOGNIZERS[recognizer];
  const leastLength = recognisable ? layout.recognisableLength : layout.minLength;
  const boxes = (await findBoxes(models, scaled, image.width, minScore)).filter(({ box }) => box[3] >= minSize);
  const landmarks = await findLandmarks(
    await models.load('face-landmark'),
    image,
    boxes.map(({ box }) => box),
  );
  const faces = boxes
    .map(({ box, score }, i) => ({ box, score, landmarks: landmarks[i]! }))
    .filter((face) => misfit(face.landmarks) <= MAX_MISFIT);
  const aligned = faces.map((face) => alignFace(image, face.landmarks, layout));
  const embedded = await embedAligned(models, aligned, recognizer);
  return faces.flatMap((face, i): Face[] => {
    const { embedding, strength } = embedded[i]!;
    if (strength < leastLength) return [];
    const quality = faceQuality(aligned[i]!, face.box, face.landmarks);
    return [{ ...face, box: clip(face.box, image.width, image.height), quality, embedding }];
  });
}

/** As {@link readFaces}, without the embeddings (which still give the second opinion on each box). */
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
