import { type Face, readFaces } from '../faces/detect.js';
import { type Box, containment, iou } from '../faces/geometry.js';
import { type Photo, toPhotoBox } from '../frames/picture.js';
import type { Models } from '../inference/types.js';

/** A face of a photo, by all that shows it. */
export interface PhotoFace {
  /** Pixels of the photo. */
  readonly box: Box;
  /** Of unit length. */
  readonly embedding: Float32Array;
}

/** A face seen twice overlaps itself by so much (intersection over union), or lies in itself. */
const OVERLAP = 0.35;
const INSIDE = 0.75;

const isSame = (a: Box, b: Box): boolean => iou(a, b) > OVERLAP || containment(a, b) > INSIDE;

/**
 * The faces of a photo as it was taken and of the screen in it, seen from the front, by size, largest first. A face that both show is one,
 * and the screen tells who it is: of two looks at a face the one from the front (bench/screen-photos.ts).
 * @throws KinoscopeError `unavailable` when a network is missing
 */
export async function readPhotoFaces(models: Models, { picture, screen }: Omit<Photo, 'taken'>): Promise<PhotoFace[]> {
  const asTaken = await readFaces(models, picture);
  const straightened = screen
    ? (await readFaces(models, screen.picture)).map((face) => ({ ...face, box: toPhotoBox(screen, face.box) }))
    : [];
  return joinFaces(asTaken, straightened).sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
}

type Seen = Pick<Face, 'box' | 'embedding'>;

/** @param straightened their boxes, too, in pixels of the photo */
export function joinFaces(asTaken: readonly Seen[], straightened: readonly Seen[]): PhotoFace[] {
  const pairs = asTaken
    .flatMap((face) => straightened.filter(({ box }) => isSame(face.box, box)).map((other) => ({ face, other })))
    .sort((a, b) => iou(b.face.box, b.other.box) - iou(a.face.box, a.other.box));
  const joined = new Map<Seen, Seen>();
  const taken = new Set<Seen>();
  for (const { face, other } of pairs) {
    if (joined.has(face) || taken.has(other)) continue;
    joined.set(face, other);
    taken.add(other);
  }
  const known = asTaken.map((face): PhotoFace => {
    const other = joined.get(face);
    return other ? { box: face.box, embedding: other.embedding } : face;
  });
  // what lies in a face that is there already is the same once more
  const more = straightened.filter((face) => !taken.has(face) && !asTaken.some(({ box }) => isSame(box, face.box)));
  return [...known, ...more];
}
