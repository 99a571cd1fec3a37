import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBoxes, scaledForDetection } from '../src/faces/detect.js';
import { embedFaces } from '../src/faces/embed.js';
import { findPoints } from '../src/faces/face-points.js';
import type { Evidence } from '../src/faces/face-verifier.js';
import { type Box, iou } from '../src/faces/geometry.js';
import { FACE_READERS } from '../src/faces/recognizers.js';
import { readPicture } from '../src/frames/picture.js';
import type { Models } from '../src/inference/types.js';
import { dataFolder } from './faces-photos.js';

/** Film stills whose faces were counted by eye, and the boxes that are proposed on them. */

export interface Still {
  readonly faces: number;
  readonly boxes: readonly Box[];
  /** Faces a little lower than those that count: to find them is neither right nor wrong. */
  readonly lower?: readonly Box[];
  /** 1 to 3: stills of some 640 pixels; 4: of at most 320. */
  readonly round: 1 | 2 | 3 | 4;
}

export const STILLS = (
  JSON.parse(readFileSync(new URL('../bench/fixtures/face-stills.json', import.meta.url), 'utf8')) as {
    stills: Readonly<Record<string, Still>>;
  }
).stills;

/** Faces of 40 pixels and more count; a right box may be a little lower. */
const HEIGHT = 40;
const TOLERATED = 38;

export interface Proposal {
  readonly file: string;
  readonly round: Still['round'];
  readonly evidence: Evidence;
  /** Which of the still's faces it is; null: none. */
  readonly face: number | null;
}

/** Which of the still's boxes this one is; null: none. `counts`: it is high enough to count as right or wrong. */
export function judge({ boxes, lower = [] }: Still, box: Box): { face: number | null; counts: boolean } {
  const overlaps = [...boxes, ...lower].map((one) => iou(one, box));
  const most = Math.max(0, ...overlaps);
  if (most < 0.4) return { face: null, counts: box[3] >= HEIGHT };
  const face = overlaps.indexOf(most);
  return { face, counts: face < boxes.length && box[3] >= TOLERATED };
}

export const isSmall = ({ round }: Pick<Still, 'round'>): boolean => round === 4;

export function stillFile(file: string): string {
  return join(dataFolder(), isSmall(STILLS[file]!) ? 'film-stills/images' : 'credits-stills/film', file);
}

/** Every box that the detector proposes, with all that is known about it. */
export async function readProposals(models: Models): Promise<Proposal[]> {
  const proposals: Proposal[] = [];
  for (const [file, still] of Object.entries(STILLS)) {
    const image = await readPicture(stillFile(file));
    const boxes = await findBoxes(models, scaledForDetection(image), image.width);
    const points = await findPoints(
      models,
      image,
      boxes.map(({ box }) => box),
    );
    const embedded = await embedFaces(
      models,
      image,
      points.map(({ landmarks }) => landmarks),
      FACE_READERS[models.faces].recognizer,
    );
    boxes.forEach(({ box, evidence }, i) => {
      const { face, counts } = judge(still, box);
      if (counts)
        proposals.push({
          file,
          round: still.round,
          face,
          evidence: { ...evidence, strength: points[i]!.strength ?? embedded[i]!.strength },
        });
    });
  }
  return proposals;
}
