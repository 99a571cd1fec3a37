import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { readFaces } from '../src/faces/detect.js';
import { readPicture } from '../src/frames/picture.js';
import { createModels } from '../src/inference/registry.js';
import { dataFolder } from './faces-photos.js';
import { writeSection } from './results.js';

/**
 * Learns what faces of different people have in common by face-embed-512: data/face-cohort-512.bin. The faces are those of film stills
 * and posters, nearly all of different people; nobody is named. The films of bench/strangers.ts take no part.
 */

/** Every so manieth picture of a folder. */
const FOLDERS = { 'film-stills': 2, 'film-stills-2': 2, posters: 16 };
/** Pixels and quality from which a face counts, and at most so many of a picture: those of films are as poor. */
const [SMALLEST, LEAST_QUALITY, MOST] = [18, 0.15, 4];
const AXES = 64;

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1, faces: 'best' });
const embeddings: Float32Array[] = [];
const counts: string[] = [];
for (const [folder, every] of Object.entries(FOLDERS)) {
  const path = join(dataFolder(), folder, 'images');
  const before = embeddings.length;
  for (const [i, name] of readdirSync(path).sort().entries()) {
    if (i % every !== 0) continue;
    const image = await readPicture(join(path, name)).catch(() => null);
    if (image === null) continue;
    const faces = await readFaces(models, image, { minSize: SMALLEST, recognisable: true });
    for (const { quality, embedding } of faces.slice(0, MOST))
      if (quality.score > LEAST_QUALITY) embeddings.push(embedding);
  }
  counts.push(`${embeddings.length - before} of ${folder}`);
}
await models.close();

const faces = new Matrix(embeddings.map((embedding) => [...embedding]));
const centre = faces.mean('column');
const apart = faces.subRowVector(centre);
const scatter = apart
  .transpose()
  .mmul(apart)
  .div(embeddings.length - 1);
const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(scatter, { assumeSymmetric: true });
const order = realEigenvalues.map((value, column) => ({ value, column })).sort((a, b) => b.value - a.value);
const rest = order.slice(AXES);
const variance = rest.reduce((sum, { value }) => sum + value, 0) / rest.length;
const axes = order
  .slice(0, AXES)
  .map(({ value, column }) => eigenvectorMatrix.getColumn(column).map((x) => x * Math.sqrt(value - variance)));
const deviations = embeddings
  .map((embedding) =>
    Math.sqrt(axes.reduce((sum, axis) => sum + axis.reduce((dot, x, i) => dot + x * embedding[i]!, 0) ** 2, variance)),
  )
  .sort((a, b) => a - b);
const quantile = (share: number): number => deviations[Math.floor(share * deviations.length)]!;
const numbers = [variance, quantile(0.5), ...centre, ...axes.flat()];
const bytes = Buffer.alloc(4 * numbers.length);
numbers.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
writeFileSync(new URL('../data/face-cohort-512.bin', import.meta.url), bytes);

writeSection(
  'faces-cohort',
  [
    '## What faces have in common',
    '',
    `${embeddings.length} faces (${counts.join(', ')}), nearly all of different people, by face-embed-512: their mean embedding is ${Math.hypot(...centre).toFixed(3)} long, and the cosines of`,
    `a face and the others deviate by ${[0.05, 0.5, 0.95].map((share) => quantile(share).toFixed(3)).join(', ')} (5, 50 and 95 of 100 faces less). data/face-cohort-512.bin holds the mean and the ${AXES} longest axes;`,
    'what they are good for is measured by `strangers`.',
  ].join('\n'),
);
