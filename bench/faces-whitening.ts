import { Matrix } from 'ml-matrix';
import { findBoxes, scaledForDetection } from '../src/faces/detect.js';
import { alignFace } from '../src/faces/embed.js';
import { findMesh } from '../src/faces/face-mesh.js';
import { RECOGNIZERS } from '../src/faces/recognizers.js';
import { createModels } from '../src/inference/registry.js';
import { readFolders, scatterOf, writeFloats } from './faces-scatter.js';
import { writeSection } from './results.js';

/**
 * Learns what makes embeddings of two people as little alike as face-embed-128 can: data/face-whitening.bin. The faces are those of
 * film stills and posters, nearly all of different people; nobody is named, and the casts of the other benches take no part.
 */

/** Every so manieth picture of a folder. */
const FOLDERS = { 'film-stills': 2, 'film-stills-2': 2, posters: 8 };
/** Faces that are surely such, large enough, and at most so many of a picture. */
const [SURE, SMALLEST, MOST] = [0.6, 44, 3];
const FACE = 0.9;
/** Power of the inverse scatter: halfway between none (0) and every direction counting the same (1). */
const POWER = 0.5;
/** Added to the scatter of every direction, as a share of the largest. */
const FLOOR = 0.02;

const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 1, faces: 'clear' });
const [mesh, network] = [await models.load('face-mesh'), await models.load('face-embed-128')];
const { looks, side } = RECOGNIZERS['face-embed-128'];
const { found: embeddings, counts } = await readFolders(FOLDERS, async (image) => {
  const boxes = (await findBoxes(models, scaledForDetection(image), image.width))
    .filter(({ score, box }) => score > SURE && box[3] >= SMALLEST)
    .map(({ box }) => box);
  const means: Float64Array[] = [];
  for (const { points, face } of await findMesh(mesh, image, boxes.slice(0, MOST))) {
    if (face < FACE) continue;
    const { embedding } = await network.runImages(looks.map((look) => alignFace(image, points, look, side)));
    const size = embedding!.data.length / looks.length;
    means.push(
      Float64Array.from({ length: size }, (_, at) =>
        looks.reduce((sum, _look, n) => sum + Number(embedding!.data[n * size + at]) / looks.length, 0),
      ),
    );
  }
  return means;
});
await models.close();

const { centre, apart, variances, axes } = scatterOf(embeddings);
const scales = Matrix.diag(variances.map((value) => (Math.max(0, value) + FLOOR * variances[0]!) ** (-POWER / 2)));
const matrix = axes.mmul(scales).mmul(axes.transpose());
writeFloats('data/face-whitening.bin', [...centre, ...matrix.to1DArray()]);

/** Cosines of pairs, lowest first. */
function cosines(rows: Matrix): number[] {
  const unit = rows.to2DArray().map((row) => {
    const length = Math.hypot(...row);
    return Float64Array.from(row, (value) => value / length);
  });
  const found = unit.flatMap((a, i) =>
    unit.slice(0, i).map((b) => a.reduce((sum, value, k) => sum + value * b[k]!, 0)),
  );
  return found.sort((a, b) => a - b);
}
const quantiles = (rows: Matrix): string => {
  const sorted = cosines(rows);
  return [0.5, 0.99, 0.999].map((share) => sorted[Math.floor(share * sorted.length)]!.toFixed(2)).join(' | ');
};
writeSection(
  'faces-whitening',
  [
    '## Faces of different people',
    '',
    `${embeddings.length} faces (${counts}), nearly all of different people: the cosines of their pairs by face-embed-128, as the network gives them and`,
    'whitened by data/face-whitening.bin, which they have taught. How much whitening is best was chosen on the photos of two casts.',
    '',
    '| | median | 99 of 100 are less | 999 of 1,000 |',
    '|---|--:|--:|--:|',
    `| as the network gives them | ${quantiles(apart.clone().addRowVector(centre))} |`,
    `| whitened | ${quantiles(apart.mmul(matrix))} |`,
  ].join('\n'),
);
