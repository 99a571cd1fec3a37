import { FACE_NETWORKS, type FaceNetworks } from '../src/config/face-networks.js';
import { readFaces } from '../src/faces/detect.js';
import { FACE_READERS } from '../src/faces/recognizers.js';
import { createModels } from '../src/inference/registry.js';
import { readFolders, scatterOf, writeFloats } from './faces-scatter.js';
import { writeSection } from './results.js';

/**
 * Learns what faces of different people have in common: data/face-cohort-512.bin, and bench/fixtures/face-cohort-128.bin. The faces are those
 * of film stills and posters, nearly all of different people; nobody is named. The films of bench/strangers.ts take no part. The
 * shorter embedding is a whitened one: bench/faces-whitening.ts comes first.
 */

/** Every so manieth picture of a folder. */
const FOLDERS = { 'film-stills': 2, 'film-stills-2': 2, posters: 16 };
/** Pixels and quality from which a face counts, and at most so many of a picture: those of films are as poor. */
const [SMALLEST, LEAST_QUALITY, MOST] = [18, 0.15, 4];
const AXES = 64;

/** @returns a row of the table */
async function learn(faces: FaceNetworks): Promise<string> {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1, faces });
  const { found: embeddings, counts } = await readFolders(FOLDERS, async (image) =>
    (await readFaces(models, image, { minSize: SMALLEST, recognisable: true }))
      .slice(0, MOST)
      .flatMap(({ quality, embedding }) => (quality.score > LEAST_QUALITY ? [embedding] : [])),
  );
  await models.close();
  const { centre, variances, axes } = scatterOf(embeddings);
  const rest = variances.slice(AXES);
  const variance = rest.reduce((sum, value) => sum + value, 0) / rest.length;
  const longest = variances
    .slice(0, AXES)
    .map((value, column) => axes.getColumn(column).map((x) => x * Math.sqrt(value - variance)));
  const deviations = embeddings
    .map((embedding) =>
      Math.sqrt(
        longest.reduce((sum, axis) => sum + axis.reduce((dot, x, i) => dot + x * embedding[i]!, 0) ** 2, variance),
      ),
    )
    .sort((a, b) => a - b);
  const quantile = (share: number): number => deviations[Math.floor(share * deviations.length)]!;
  // Of the clear networks only benches use it: by their likeness strangers of photos are taken for one more often.
  const table = `${faces === 'best' ? 'data' : 'bench/fixtures'}/face-cohort-${centre.length}.bin`;
  writeFloats(table, [variance, quantile(0.5), ...centre, ...longest.flat()]);
  const deviates = [0.05, 0.5, 0.95].map((share) => quantile(share).toFixed(3));
  return `| ${[FACE_READERS[faces].recognizer, embeddings.length, counts, Math.hypot(...centre).toFixed(3), ...deviates].join(' | ')} |`;
}

const rows: string[] = [];
for (const faces of FACE_NETWORKS) rows.push(await learn(faces));
writeSection(
  'faces-cohort',
  [
    '## What faces have in common',
    '',
    `Faces of stills and posters, nearly all of different people: how long their mean embedding is, and by how much the cosines of a face and the others deviate`,
    `(5, 50 and 95 of 100 faces less). data/face-cohort-512.bin and bench/fixtures/face-cohort-128.bin hold the mean and the ${AXES} longest axes; what they are good for is measured by`,
    '`strangers`.',
    '',
    '| Network | faces | of | length of the mean | 5 % deviate less than | 50 % | 95 % |',
    '|---|--:|---|--:|--:|--:|--:|',
    ...rows,
  ].join('\n'),
);
