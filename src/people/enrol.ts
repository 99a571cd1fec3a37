import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { KinoscopeError } from '../errors.js';
import { type Face, readFaces } from '../faces/detect.js';
import { similarity } from '../faces/embed.js';
import type { Box } from '../faces/geometry.js';
import { readPicture } from '../frames/picture.js';
import { DEFAULT_RECOGNIZER, type RecognizerId } from '../faces/recognizers.js';
import type { Models } from '../inference/types.js';
import { galleryMean } from './mean.js';

/**
 * Why a photo does not count towards its person: no face in it, the same picture again, or a face unlike the person's
 * others (somebody else's, or hardly to be seen).
 */
export type PhotoFlag = 'no-face' | 'duplicate' | 'outlier' | 'unreadable';

export interface Photo {
  readonly file: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly hash: string;
  readonly flag: PhotoFlag | null;
  /** Faces in the photo; of several, the one most like the person's other photos was taken. */
  readonly faces: number;
  /** Fractions of the photo; null without a face. */
  readonly box: Box | null;
  readonly quality: number;
  /** Of unit length; null without a face. */
  readonly embedding: Float32Array | null;
}

export interface Enrolled {
  readonly name: string;
  readonly photos: readonly Photo[];
  /** Mean of the photos without a flag; null when there is none. */
  readonly mean: Float32Array | null;
}

const PICTURES = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff']);
/** Two photos of one moment; different photos of one person rarely pass .9. */
const SAME_PICTURE = 0.97;
/** Likeness to the mean of the others: of clean photos under 1 % are lower, of strangers over 98 %. */
const OUTLIER_BELOW = 0.3;

interface Read {
  readonly file: string;
  readonly hash: string;
  readonly readable: boolean;
  readonly size: readonly [number, number];
  readonly faces: readonly Face[];
}

async function readPhoto(models: Models, file: string, recognizer: RecognizerId): Promise<Read> {
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  try {
    const image = await readPicture(file);
    return {
      file,
      hash,
      readable: true,
      size: [image.width, image.height],
      faces: await readFaces(models, image, { recognizer }),
    };
  } catch (error) {
    if (error instanceof KinoscopeError && error.code === 'unreadable')
      return { file, hash, readable: false, size: [1, 1], faces: [] };
    throw error;
  }
}

const area = ({ box }: Face): number => box[2] * box[3];

/**
 * Which face of each photo is the person's: the only one, or the one most like the faces that stand alone (the largest
 * ones where none does).
 */
function chooseFaces(photos: readonly Read[]): (Face | null)[] {
  const largest = photos.map(({ faces }) =>
    faces.reduce<Face | null>((best, face) => (best && area(best) >= area(face) ? best : face), null),
  );
  const alone = photos.flatMap(({ faces }) => (faces.length === 1 ? [faces[0]!] : []));
  const sure = alone.length > 0 ? alone : largest.flatMap((face) => face ?? []);
  if (sure.length === 0) return largest;
  const mean = galleryMean(
    sure.map(({ embedding }) => embedding),
    sure.map(({ quality }) => quality.score),
  );
  const likest = (faces: readonly Face[]): Face =>
    faces.reduce((a, b) => (similarity(b.embedding, mean) > similarity(a.embedding, mean) ? b : a));
  return photos.map(({ faces }) => (faces.length === 0 ? null : likest(faces)));
}

/** Flags what must not count: first duplicates, then, worst first, the faces that are unlike the mean of the others. */
function flagPhotos(photos: readonly Read[], faces: readonly (Face | null)[]): (PhotoFlag | null)[] {
  const flags = photos.map(({ readable }, i): PhotoFlag | null => {
    if (!readable) return 'unreadable';
    const face = faces[i];
    if (!face) return 'no-face';
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

/**
 * Learns a person from photos.
 * @throws KinoscopeError `not-found` when a file is missing, `unavailable` when a network is
 */
export async function enrolPhotos(
  models: Models,
  name: string,
  files: readonly string[],
  recognizer: RecognizerId = DEFAULT_RECOGNIZER,
): Promise<Enrolled> {
  const read: Read[] = [];
  for (const file of files) read.push(await readPhoto(models, file, recognizer));
  const faces = chooseFaces(read);
  const flags = flagPhotos(read, faces);
  const photos = read.map(({ file, hash, faces: { length }, size: [width, height] }, i): Photo => {
    const face = faces[i] ?? null;
    const box: Box | null = face && [
      face.box[0] / width,
      face.box[1] / height,
      face.box[2] / width,
      face.box[3] / height,
    ];
    return {
      file: basename(file),
      hash,
      flag: flags[i]!,
      faces: length,
      box,
      quality: face?.quality.score ?? 0,
      embedding: face?.embedding ?? null,
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
  return { name, photos, mean };
}

/**
 * Learns everybody of a folder that holds a folder of photos for each person, named as the person.
 * @throws KinoscopeError `not-found` when the folder is missing, `usage` when it has no folder with pictures
 */
export async function enrolFolder(
  models: Models,
  folder: string,
  recognizer: RecognizerId = DEFAULT_RECOGNIZER,
  onPerson?: (name: string, done: number, all: number) => void,
): Promise<Enrolled[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new KinoscopeError('not-found', `There is no folder ${folder}`, { cause });
  });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const enrolled: Enrolled[] = [];
  for (const [index, name] of names.entries()) {
    onPerson?.(name, index, names.length);
    const files = (await readdir(join(folder, name)))
      .filter((file) => PICTURES.has(extname(file).toLowerCase()))
      .sort();
    if (files.length > 0)
      enrolled.push(
        await enrolPhotos(
          models,
          name,
          files.map((file) => join(folder, name, file)),
          recognizer,
        ),
      );
  }
  if (enrolled.length === 0)
    throw new KinoscopeError('usage', `${folder} has no folders with pictures: one folder a person is wanted`);
  return enrolled;
}
