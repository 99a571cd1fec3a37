import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { KinoscopeError } from '../core/errors.js';
import { hashFile } from '../download/hashing.js';
import { type Face, readFaces } from '../faces/detect.js';
import { similarity } from '../faces/embed.js';
import type { Box } from '../faces/geometry.js';
import type { FaceQuality } from '../faces/quality.js';
import { type PictureFile, UnreadablePicture, withPicture } from '../frames/picture.js';
import type { Models } from '../inference/types.js';
import { galleryMean } from './mean.js';
import type { Enrolled, Photo, PhotoFlag, PhotoHint } from './photo.js';

/** Two photos of one moment; different photos of one person rarely pass .9. */
const SAME_PICTURE = 0.97;
/** Likeness to the mean of the others: of clean photos under 1 % are lower, of strangers over 98 %. */
const OUTLIER_BELOW = 0.3;
/** Of several faces in a photo, one that is so much larger than the others is whom the photo shows. */
const LARGER = 4;
/** Larger files are no photos, bytes. */
const LARGEST_FILE = 256 * 2 ** 20;

/**
 * Parts of a face's quality (faces/quality.ts), below which a photo is said to teach little. Of 44 photos of a gallery none is less sharp
 * than .44; blurred by 4 pixels in 300 all are less sharp than .25, by 2 pixels three in four are less than .36.
 */
const SMALL = 0.25;
const BLURRED = 0.36;
const TURNED = 0.25;

export interface EnrolOptions {
  readonly signal?: AbortSignal;
  /** Photos that were found by name: where each of these paths was. Their only face counts, of several none. */
  readonly proposedFrom?: ReadonlyMap<string, string>;
}

/** A photo as it was read. */
export interface Read {
  /** Its path. */
  readonly file: string;
  readonly name: string;
  readonly hash: string;
  /** Why it cannot be read; null where it can. */
  readonly fault: string | null;
  readonly size: readonly [number, number];
  readonly faces: readonly Face[];
}

async function readPhoto(models: Models, photo: PictureFile, { signal }: EnrolOptions): Promise<Read> {
  const { file, name } = photo;
  const found = await stat(file).catch((cause: unknown) => {
    throw new KinoscopeError('not-found', `There is no file ${name}`, { cause });
  });
  // a pipe or a device has no content that could be hashed, and none that ends
  const hash =
    found.isFile() && found.size <= LARGEST_FILE
      ? await hashFile(file).catch((error: NodeJS.ErrnoException) => error)
      : '';
  const unreadable = (fault: string): Read => ({
    file,
    name,
    hash: typeof hash === 'string' ? hash : '',
    fault,
    size: [1, 1],
    faces: [],
  });
  if (typeof hash !== 'string') return unreadable(`it cannot be opened (${hash.code ?? hash.message})`);
  try {
    return await withPicture(
      photo,
      async (image) => ({
        file,
        name,
        hash,
        fault: null,
        size: [image.width, image.height],
        faces: await readFaces(models, image),
      }),
      signal,
    );
  } catch (error) {
    if (!(error instanceof KinoscopeError) || error.code !== 'unreadable') throw error;
    return unreadable(error instanceof UnreadablePicture ? error.reason : error.message);
  }
}

const area = ({ box }: Face): number => box[2] * box[3];

const centre = ({ box }: Face): number => box[0] + box[2] / 2;

/**
 * Which face of each photo is the person's: the one that was told (from the left, 1 is the first), the only one, the one
 * most like the faces that stand alone, or one much larger than the others; null where it is none of these.
 */
export function chooseFaces(photos: readonly Read[], told: (file: string) => number | undefined): (Face | null)[] {
  const certain = photos.map(({ file, faces }): Face | null => {
    const number = told(file);
    if (number !== undefined) return [...faces].sort((a, b) => centre(a) - centre(b))[number - 1] ?? null;
    const [largest, second] = [...faces].sort((a, b) => area(b) - area(a));
    return largest && (!second || area(largest) >= LARGER * area(second)) ? largest : null;
  });
  const alone = photos.flatMap(({ faces }, i) =>
    faces.length === 1 || told(photos[i]!.file) !== undefined ? (certain[i] ?? []) : [],
  );
  const sure = alone.length > 0 ? alone : certain.flatMap((face) => face ?? []);
  if (sure.length === 0) return certain;
  const mean = galleryMean(
    sure.map(({ embedding }) => embedding),
    sure.map(({ quality }) => quality.score),
  );
  return photos.map(({ file, faces }, i) => {
    if (faces.length < 2 || told(file) !== undefined) return certain[i]!;
    const likeness = (face: Face): number => similarity(face.embedding, mean);
    const likest = faces.reduce((a, b) => (likeness(b) > likeness(a) ? b : a));
    return likeness(likest) >= OUTLIER_BELOW ? likest : certain[i]!;
  });
}

/** Flags what must not count: first duplicates, then, worst first, the faces that are unlike the mean of the others. */
export function flagPhotos(photos: readonly Read[], faces: readonly (Face | null)[]): (PhotoFlag | null)[] {
  const flags = photos.map(({ fault, faces: { length } }, i): PhotoFlag | null => {
    if (fault !== null) return 'unreadable';
    const face = faces[i];
    if (!face) return length > 1 ? 'several-faces' : 'no-face';
    const same = (j: number): boolean =>
      photos[j]!.hash === photos[i]!.hash ||
      (faces[j] ? similarity(faces[j].embedding, face.embedding) > SAME_PICTURE : false);
    return photos.some((_, j) => j < i && same(j)) ? 'duplicate' : null;
  });
  for (;;) {
    const good = faces.flatMap((face, i) => (face && flags[i] === null ? [{ i, face }] : []));
    // Of two photos nobody can tell which one is wrong.
    if (good.length < 3) return flags;
    const lonely = good.map(({ i, face }) => {
      const others = good.filter((other) => other.i !== i);
      return { i, likeness: similarity(face.embedding, galleryMean(others.map((other) => other.face.embedding))) };
    });
    const worst = lonely.reduce((a, b) => (b.likeness < a.likeness ? b : a));
    if (worst.likeness >= OUTLIER_BELOW) return flags;
    flags[worst.i] = 'outlier';
  }
}

function reasonOf(flag: PhotoFlag | null, { fault, faces }: Read): string | null {
  if (flag === null) return null;
  return (
    fault ??
    {
      'no-face': 'no face in it',
      'several-faces': `${faces.length} faces in it, and it is not known whose this is`,
      duplicate: 'the same picture as another',
      outlier: 'the face is unlike those in the other photos',
      unreadable: 'no picture that can be read',
      rejected: 'somebody said that it is not them',
    }[flag]
  );
}

/** The worst of what makes a face hard to recognise; null where nothing does. */
export function hintOf({ size, sharpness, pose }: Pick<FaceQuality, 'size' | 'sharpness' | 'pose'>): PhotoHint | null {
  if (size < SMALL) return 'too-small';
  if (sharpness < BLURRED) return 'blurred';
  return pose < TURNED ? 'turned-away' : null;
}

/**
 * Learns a person from photos.
 * @param told the number of their face in a photo of several, from the left, where somebody said so
 * @throws KinoscopeError `not-found` when a file is missing, `unavailable` when a network is
 */
export async function enrolPhotos(
  models: Models,
  name: string,
  files: readonly (string | PictureFile)[],
  options: EnrolOptions = {},
  told: (file: string) => number | undefined = () => undefined,
): Promise<Enrolled> {
  const read: Read[] = [];
  for (const file of files)
    read.push(await readPhoto(models, typeof file === 'string' ? { file, name: basename(file) } : file, options));
  const { proposedFrom } = options;
  const faces = proposedFrom
    ? read.map(({ faces: [face, ...others] }) => (face && others.length === 0 ? face : null))
    : chooseFaces(read, told);
  const flags = flagPhotos(read, faces);
  const photos = read.map(({ file: path, name: file, hash, faces: { length }, size: [width, height] }, i): Photo => {
    const face = faces[i] ?? null;
    const from = proposedFrom?.get(path);
    const box: Box | null = face && [
      face.box[0] / width,
      face.box[1] / height,
      face.box[2] / width,
      face.box[3] / height,
    ];
    return {
      file,
      hash,
      flag: flags[i]!,
      reason: reasonOf(flags[i]!, read[i]!),
      faces: length,
      box,
      quality: face?.quality.score ?? 0,
      hint: face && hintOf(face.quality),
      embedding: face?.embedding ?? null,
      ...(from !== undefined && { proposedFrom: from }),
    };
  });
  const good = photos.filter(({ flag, embedding }) => flag === null && embedding);
  const mean =
    good.length > 0
      ? galleryMean(
          good.map(({ embedding }) => embedding!),
          good.map(({ quality }) => quality),
        )
      : null;
  return { name: name.normalize('NFC'), photos, mean };
}
