import type { RgbImage } from '../frames/types.js';
import type { Models } from '../inference/types.js';
import { alignFace, embedWithStrength } from './embed.js';
import { type Box, clip, type FivePoints, type Point, type Scored, suppress } from './geometry.js';
import { findLandmarks } from './landmarks.js';
import { type FaceQuality, faceQuality, misfit } from './quality.js';
import { DEFAULT_RECOGNIZER, RECOGNIZERS, type RecognizerId } from './recognizers.js';
import { proposeFaces } from './rfb.js';
import { resize, TEMPLATE_112 } from './warp.js';

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

/** Boxes of faces, before landmarks and the second opinion. */
export async function findBoxes(models: Models, image: RgbImage, minScore: number): Promise<Scored[]> {
  const model = await models.load('face-rfb');
  const longer = Math.max(image.width, image.height);
  // A picture hardly larger than one scale gains nothing from the next.
  const scales = SCALES.filter((_, index) => index === 0 || longer > SCALES[index - 1]!.side * 1.2);
  const found = await Promise.all(
    scales.map(async ({ side, maxBox, stricter }) => {
      const factor = Math.min(1, side / longer);
      const scaled = resize(image, Math.round(image.width * factor), Math.round(image.height * factor));
      const proposals = await proposeFaces(model, scaled, minScore + stricter);
      return proposals.flatMap(({ box, score }) =>
        Math.max(box[2], box[3]) > maxBox ? [] : [{ box: scale(box, 1 / factor), score }],
      );
    }),
  );
  return suppress(found.flat(), OVERLAP);
}

function scale([x, y, width, height]: Box, factor: number): Box {
  return [x * factor, y * factor, width * factor, height * factor];
}

/**
 * Faces with landmarks, quality and embedding.
 * @param detail the same picture, larger, to draw the faces from: landmarks and embeddings gain by it. Default: `image`
 * @returns by score, highest first; boxes, landmarks and sizes in pixels of `image`
 * @throws KinoscopeError `unavailable` when a network is missing
 */
export async function readFaces(
  models: Models,
  image: RgbImage,
  options: DetectOptions = {},
  detail: RgbImage = image,
): Promise<Face[]> {
  const { minScore = 0.6, minSize = 20, recognisable = false, recognizer = DEFAULT_RECOGNIZER } = options;
  const { minLength, recognisableLength } = RECOGNIZERS[recognizer];
  const boxes = (await findBoxes(models, image, minScore)).filter(({ box }) => box[3] >= minSize);
  const zoom = detail.width / image.width;
  const landmarks = await findLandmarks(
    await models.load('face-landmark'),
    detail,
    boxes.map(({ box }) => scale(box, zoom)),
  );
  const plausible = boxes.flatMap(({ box, score }, i) =>
    misfit(landmarks[i]!) <= MAX_MISFIT ? [{ box, score, landmarks: landmarks[i]! }] : [],
  );
  const embedded = await embedWithStrength(models, detail, plausible, recognizer);
  return plausible.flatMap((face, i): Face[] => {
    const { embedding, strength } = embedded[i]!;
    if (strength < (recognisable ? recognisableLength : minLength)) return [];
    const aligned = alignFace(detail, face.landmarks, { template: TEMPLATE_112, side: 112 });
    const quality = faceQuality(aligned, scale(face.box, zoom), face.landmarks);
    const points = face.landmarks.map(([x, y]): Point => [x / zoom, y / zoom]) as unknown as FivePoints;
    return [
      { box: clip(face.box, image.width, image.height), score: face.score, landmarks: points, quality, embedding },
    ];
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
