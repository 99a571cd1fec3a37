import sharp from 'sharp';
import { type Face, readFaces } from '../src/faces/detect.js';
import { meanEmbedding } from '../src/faces/embed.js';
import { FACE_READERS, type RecognizerId } from '../src/faces/recognizers.js';
import { readPicture } from '../src/frames/picture.js';
import type { RgbImage } from '../src/frames/types.js';
import { createModels } from '../src/inference/registry.js';
import type { Models } from '../src/inference/types.js';
import { assign, type UnnamedAppearance } from '../src/people/assign.js';
import { Gallery } from '../src/people/gallery.js';
import { galleryMean } from '../src/people/mean.js';
import { CASTS, type PhotoFace, readCasts, seeded, shuffled } from './faces-photos.js';
import { writeSection } from './results.js';

/**
 * Small faces named with and without what their title has shown of its cast: photos of two casts, shrunk and compressed as
 * video does, each a face of a title in which everybody enrolled is seen well, too.
 */

const HEIGHTS = [28, 40, 60];
/** Of JPEG, 1 to 100: shrunk photos are cleaner than frames of a film. */
const COMPRESSED = 60;
const [PHOTOS, SHOWN, ROUNDS] = [5, 3, 6];

async function shrunk({ width, height, data }: RgbImage, factor: number): Promise<RgbImage> {
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(Math.round(width * factor), Math.round(height * factor), { fit: 'fill' })
    .jpeg({ quality: COMPRESSED })
    .toBuffer();
  const small = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { width: small.info.width, height: small.info.height, data: small.data };
}

const largest = (faces: readonly Face[]): Face | undefined =>
  [...faces].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3])[0];

/** Each photo's face at each of the heights, where it is found. */
async function shrink(
  models: Models,
  photos: readonly PhotoFace[],
): Promise<Map<PhotoFace, { height: number; face: Face }[]>> {
  const sizes = new Map<PhotoFace, { height: number; face: Face }[]>();
  for (const photo of photos) {
    const image = await readPicture(photo.file);
    const tall = largest(await readFaces(models, image))!.box[3];
    const found: { height: number; face: Face }[] = [];
    for (const height of HEIGHTS.filter((one) => one < 0.9 * tall)) {
      const face = largest(
        await readFaces(models, await shrunk(image, height / tall), { minSize: 16, recognisable: true }),
      );
      if (face) found.push({ height, face });
    }
    sizes.set(photo, found);
  }
  return sizes;
}

const unnamed = (key: string, embedding: Float32Array, quality: number): UnnamedAppearance => ({
  key,
  embedding,
  quality,
  weight: quality,
  meets: [],
  personId: null,
  mustLink: false,
  cannotLink: [],
});

type Kind = 'known' | 'held out' | 'stranger';
interface Count {
  faces: number;
  right: number;
  wrong: number;
}

/** By height, kind of face and way of naming. @param sizes what {@link shrink} found of each photo */
function countNames(
  photos: readonly PhotoFace[],
  sizes: ReadonlyMap<PhotoFace, readonly { height: number; face: Face }[]>,
  recognizer: RecognizerId,
): Map<string, Count> {
  const counts = new Map<string, Count>();
  const random = seeded(11);
  for (let round = 0; round < ROUNDS; round++) {
    for (const cast of CASTS) {
      const people = [...new Set(photos.filter((photo) => photo.cast === cast).map(({ person }) => person))];
      const heldOut = people[round % people.length];
      const [enrolled, shown]: [ConstructorParameters<typeof Gallery>[1][number][], UnnamedAppearance[]] = [[], []];
      const probes: [PhotoFace, Kind][] = photos.flatMap((photo) =>
        photo.cast === cast ? [] : [[photo, 'stranger'] as [PhotoFace, Kind]],
      );
      for (const person of people) {
        const own = shuffled(
          photos.filter((photo) => photo.cast === cast && photo.person === person),
          random,
        );
        probes.push(
          ...own
            .slice(PHOTOS + SHOWN)
            .map((photo): [PhotoFace, Kind] => [photo, person === heldOut ? 'held out' : 'known']),
        );
        if (person === heldOut) continue;
        const [learnt, seen] = [own.slice(0, PHOTOS), own.slice(PHOTOS, PHOTOS + SHOWN)];
        const mean = galleryMean(
          learnt.map(({ embedding }) => embedding),
          learnt.map(({ quality }) => quality),
        );
        enrolled.push({ id: person, name: person, mean, cannotLinkFaces: [] });
        shown.push(unnamed(person, meanEmbedding(seen.map(({ embedding }) => embedding)), 0.8));
      }
      const gallery = new Gallery(recognizer, enrolled);
      for (const [photo, kind] of probes)
        for (const { height, face } of sizes.get(photo)!) {
          const probe = unnamed('probe', face.embedding, face.quality.score);
          for (const [way, appearances] of [
            ['gallery', [probe]],
            ['title', [...shown, probe]],
          ] as const) {
            const named = assign(appearances, gallery, []).decisions.get('probe')!.person;
            const key = `${height} ${kind} ${way}`;
            const count = counts.get(key) ?? { faces: 0, right: 0, wrong: 0 };
            counts.set(key, count);
            count.faces++;
            if (named === photo.person) count.right++;
            else if (typeof named === 'string') count.wrong++;
          }
        }
    }
  }
  return counts;
}

const lines = [
  '| Networks | height of the face | named by | known: right | known: wrong | held-out cast: named | strangers: named |',
  '|---|--:|---|--:|--:|--:|--:|',
];
let different: ReadonlySet<string> | undefined;
// The best first: it tells which photos are different pictures.
for (const faces of ['best', 'clear'] as const) {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces });
  const photos = await readCasts(models, different);
  different ??= new Set(photos.map(({ file }) => file));
  const sizes = await shrink(models, photos);
  await models.close();
  const counts = countNames(photos, sizes, FACE_READERS[faces].recognizer);
  for (const height of HEIGHTS)
    for (const [way, name] of [
      ['gallery', 'photos alone'],
      ['title', "**photos and the title's own cast**"],
    ] as const) {
      const share = (kind: Kind, of: 'right' | 'wrong'): string => {
        const { faces, [of]: count } = counts.get(`${height} ${kind} ${way}`)!;
        return (count / faces).toFixed(3);
      };
      lines.push(
        `| ${[faces, height, name, share('known', 'right'), share('known', 'wrong'), share('held out', 'wrong'), share('stranger', 'wrong')].join(' | ')} |`,
      );
    }
}
writeSection(
  'faces-title',
  [
    '## Small faces in a title',
    '',
    `Photos of two casts, shrunk until the face has so many pixels and compressed (JPEG ${COMPRESSED}); ${PHOTOS} photos a person enrolled, one person held out in turn.`,
    `Beside them the title shows everybody enrolled well (the mean of ${SHOWN} photos more). Faces that are found and good enough for films; ${ROUNDS} draws.`,
    'How like the cast of its title a face must be was learnt on the same photos (other draws, in full size).',
    '',
    ...lines,
  ].join('\n'),
);
