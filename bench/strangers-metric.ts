import { readFileSync } from 'node:fs';
import { inverse, Matrix } from 'ml-matrix';
import { FACE_NETWORKS, type FaceNetworks } from '../src/config/face-networks.js';
import { poorPenalty } from '../src/faces/cluster.js';
import { likeness, decodeCohort } from '../src/faces/likeness.js';
import type { Track } from '../src/faces/tracks.js';
import { createModels } from '../src/inference/registry.js';
import { seeFilm } from '../test/library/scene.js';
import { writeSection } from './results.js';
import { pairsOf, withClips } from './strangers-films.js';

/**
 * Whether a film teaches how alike its own faces are: the faces of a track are one person's, two tracks in one frame two people's.
 * Measures of likeness that such pairs have taught, beside those that know nothing of the film.
 */

interface Film {
  readonly name: string;
  readonly tracks: readonly Track[];
  readonly pairs: readonly (readonly [a: number, b: number, same: boolean])[];
}

/** What is known of all faces. */
interface Everybody {
  readonly centre: Matrix;
  readonly covariance: Matrix;
}

function everybodyOf(size: number): Everybody {
  const content = readFileSync(
    new URL(size === 512 ? '../data/face-cohort-512.bin' : './fixtures/face-cohort-128.bin', import.meta.url),
  );
  const { centre, axes, variance } = decodeCohort(content, size);
  const longest = new Matrix(axes.map((axis) => [...axis]));
  const covariance = longest.transpose().mmul(longest).add(Matrix.eye(size).mul(variance));
  return { centre: Matrix.rowVector([...centre]), covariance };
}

const rowsOf = (vectors: readonly Float32Array[]): Matrix => new Matrix(vectors.map((vector) => [...vector]));
const scaledTo = (matrix: Matrix, trace: number): Matrix => Matrix.mul(matrix, trace / matrix.trace());
const mixed = (a: Matrix, b: Matrix, share: number): Matrix =>
  Matrix.add(Matrix.mul(a, 1 - share), Matrix.mul(b, share));
/** The mean outer product of rows. */
const momentOf = (rows: Matrix): Matrix => rows.transpose().mmul(rows).div(rows.rows);

/** How a film's faces scatter within their tracks. */
function withinTracks(tracks: readonly Track[]): Matrix {
  const deviations = tracks.flatMap(({ detections }) => {
    if (detections.length < 2) return [];
    const faces = rowsOf(detections.map(({ embedding }) => embedding));
    return faces
      .subRowVector(faces.mean('column'))
      .mul(Math.sqrt(detections.length / (detections.length - 1)))
      .to2DArray();
  });
  return momentOf(new Matrix(deviations));
}

/** Differences of tracks that are in one frame. */
function apartOf(tracks: readonly Track[]): number[][] {
  const times = tracks.map(({ detections }) => new Set(detections.map(({ time }) => time)));
  return tracks.flatMap((a, i) =>
    tracks
      .slice(0, i)
      .flatMap((b, j) =>
        b.detections.some(({ time }) => times[i]!.has(time)) && i !== j
          ? [[...a.embedding].map((value, n) => value - b.embedding[n]!)]
          : [],
      ),
  );
}

/** How alike all tracks are, row by column. */
type Measure = (film: Film, everybody: Everybody) => Matrix;

const cosines: Measure = ({ tracks }) => {
  const faces = rowsOf(tracks.map(({ embedding }) => embedding));
  return faces.mmul(faces.transpose());
};

/** Brought to the mean and the deviation that the film's cosines have: what poor faces are asked more is on their scale. */
function onScale(values: Matrix, film: Film, everybody: Everybody): Matrix {
  const moments = (of: Matrix): [number, number] => {
    const above = of.to2DArray().flatMap((row, i) => row.slice(i + 1));
    const mean = above.reduce((sum, value) => sum + value, 0) / above.length;
    return [mean, Math.sqrt(above.reduce((sum, value) => sum + (value - mean) ** 2, 0) / above.length)];
  };
  const [mean, deviation] = moments(values);
  const [wanted, spread] = moments(cosines(film, everybody));
  return Matrix.sub(values, mean)
    .mul(spread / deviation)
    .add(wanted);
}

const centred = ({ tracks }: Film, { centre }: Everybody): Matrix =>
  rowsOf(tracks.map(({ embedding }) => embedding)).subRowVector(centre.to1DArray());

/** x'Ax/2 + y'Ay/2 + x'By. */
function bilinear(faces: Matrix, own: Matrix, both: Matrix): Matrix {
  const squares = faces
    .mmul(own)
    .mul(faces)
    .to2DArray()
    .map((row) => row.reduce((sum, value) => sum + value, 0) / 2);
  return faces.mmul(both).mmul(faces.transpose()).addRowVector(squares).addColumnVector(squares);
}

/** The film's scatter within tracks, shrunk by this share towards the same in every direction. */
function shrunkWithin(tracks: readonly Track[], share: number): Matrix {
  const within = withinTracks(tracks);
  const size = within.rows;
  const even = Matrix.eye(size).mul(within.trace() / size);
  return mixed(within, even, share).add(Matrix.mul(even, 1e-4));
}

/** Within-class covariance normalisation (Hatch 2006): the cosine where that scatter is the same in every direction. */
const wccn =
  (share: number): Measure =>
  (film, everybody) => {
    const faces = centred(film, everybody);
    const products = faces.mmul(inverse(shrunkWithin(film.tracks, share))).mmul(faces.transpose());
    const lengths = products.diagonal().map(Math.sqrt);
    return onScale(products.divRowVector(lengths).divColumnVector(lengths), film, everybody);
  };

/** Of the scatter of everybody's faces this much is one person's. */
const WITHIN = 0.4;

/** Two-covariance PLDA (Brümmer 2010): the log-odds that two faces are one person's. */
const plda =
  (share: number): Measure =>
  (film, everybody) => {
    const { covariance } = everybody;
    const within = scaledTo(shrunkWithin(film.tracks, share), WITHIN * covariance.trace());
    const between = Matrix.mul(covariance, 1 - WITHIN);
    const total = inverse(Matrix.add(between, within));
    const joint = inverse(Matrix.add(between, within).sub(between.mmul(total).mmul(between)));
    const both = total.mmul(between).mmul(joint);
    return onScale(bilinear(centred(film, everybody), Matrix.sub(total, joint), both), film, everybody);
  };

/** So many pairs of different people of everybody's are worth as much as the film's. */
const PRIOR_PAIRS = 50;

/** KISSME (Köstinger 2012): the log-odds of a difference of two faces, by pairs of one person and of two. */
const kissme =
  (share: number): Measure =>
  (film, everybody) => {
    const { covariance } = everybody;
    const same = Matrix.mul(shrunkWithin(film.tracks, share), 2);
    const others = apartOf(film.tracks);
    const usual = Matrix.mul(covariance, 2);
    const different =
      others.length === 0
        ? usual
        : mixed(momentOf(new Matrix(others)), usual, PRIOR_PAIRS / (PRIOR_PAIRS + others.length));
    const metric = Matrix.sub(inverse(same), inverse(different));
    return onScale(bilinear(centred(film, everybody), Matrix.mul(metric, -2), Matrix.mul(metric, 2)), film, everybody);
  };

/** Symmetric score normalisation by the film's own tracks, everybody's faces counting as so many of them. */
const snorm =
  (prior: number): Measure =>
  (film, everybody) => {
    const faces = rowsOf(film.tracks.map(({ embedding }) => embedding));
    const own = faces.mean('column');
    const weight = prior / (prior + faces.rows);
    const centre = mixed(Matrix.rowVector(own), everybody.centre, weight);
    const scatter = mixed(momentOf(faces.clone().subRowVector(own)), everybody.covariance, weight);
    const means = faces.mmul(centre.transpose()).to1DArray();
    const deviations = faces
      .mmul(scatter)
      .mul(faces)
      .to2DArray()
      .map((row) => Math.sqrt(row.reduce((sum, value) => sum + value, 0)));
    const products = cosines(film, everybody);
    const usual = [...deviations].sort((a, b) => a - b)[Math.floor(deviations.length / 2)]!;
    return new Matrix(
      products
        .to2DArray()
        .map((row, i) =>
          row.map(
            (cosine, j) =>
              (usual * ((cosine - means[i]!) / deviations[i]! + (cosine - means[j]!) / deviations[j]!)) / 2,
          ),
        ),
    );
  };

const MEASURES: Readonly<Record<string, Measure>> = {
  cosine: cosines,
  '**likeness (src/faces/likeness.ts)**': ({ tracks }) =>
    new Matrix(tracks.map((a) => tracks.map((b) => likeness(a.embedding, b.embedding)))),
  ...Object.fromEntries([0, 100, 300].map((prior) => [`s-norm in the film, ${prior}`, snorm(prior)])),
  ...Object.fromEntries([0.3, 0.7, 0.9, 1].map((share) => [`WCCN, ${share}`, wccn(share)])),
  ...Object.fromEntries([0.3, 0.7, 0.9, 1].map((share) => [`PLDA, ${share}`, plda(share)])),
  ...Object.fromEntries([0.5, 0.9, 1].map((share) => [`KISSME, ${share}`, kissme(share)])),
};

/** Of pairs of two people, how many another film's threshold may let through. */
const SHARE = 0.005;

interface Told {
  readonly same: boolean;
  readonly value: number;
}
interface Found {
  readonly found: number;
  readonly wrong: number;
}

/** By the threshold that the other films set. */
function heldOut(byFilm: readonly (readonly Told[])[]): Found[] {
  return byFilm.map((own, i) => {
    const others = byFilm.flatMap((told, other) => (other === i ? [] : told.filter(({ same }) => !same)));
    const threshold = others.map(({ value }) => value).sort((a, b) => b - a)[Math.floor(SHARE * others.length)]!;
    const said = own.filter(({ value }) => value > threshold);
    return { found: said.filter(({ same }) => same).length, wrong: said.filter(({ same }) => !same).length };
  });
}

/** A wrong pair costs as much as so many found ones are worth. */
const COST = 5;
const worth = ({ found, wrong }: Found): number => found - COST * wrong;
const sum = (all: readonly Found[]): Found => ({
  found: all.reduce((total, { found }) => total + found, 0),
  wrong: all.reduce((total, { wrong }) => total + wrong, 0),
});

function tell(film: Film, measure: Measure, everybody: Everybody): Told[] {
  const values = measure(film, everybody);
  const penalty = film.tracks.map(({ detections }) =>
    poorPenalty(Math.max(...detections.map(({ quality }) => quality))),
  );
  return film.pairs.map(([a, b, same]) => ({ same, value: values.get(a, b) - Math.max(penalty[a]!, penalty[b]!) }));
}

function rowsFor(faces: FaceNetworks, seen: readonly Film[]): string[] {
  const everybody = everybodyOf(seen[0]!.tracks[0]!.embedding.length);
  const found = Object.entries(MEASURES).map(([name, measure]) => {
    console.error(faces, name);
    return { name, of: heldOut(seen.map((film) => tell(film, measure, everybody))) };
  });
  const row = (name: string, of: readonly Found[]): string => {
    const cells = [...of, sum(of)].map(({ found: right, wrong }) => `${right}, ${wrong}`);
    return `| ${[faces, name, ...cells].join(' | ')} |`;
  };
  const chosen = seen.map((_, i) => {
    const others = ({ of }: (typeof found)[number]): number => worth(sum(of.filter((_one, other) => other !== i)));
    return found.reduce((best, one) => (others(one) > others(best) ? one : best)).of[i]!;
  });
  return [...found.map(({ name, of }) => row(name, of)), row('what is best on the other films', chosen)];
}

const rows: string[] = [];
let head = '';
await withClips(async (clips) => {
  for (const faces of FACE_NETWORKS) {
    const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 2, faces });
    const seen: Film[] = [];
    for (const { name, file, apart, shown } of clips) {
      const result = await seeFilm(models, file);
      const place = new Map(result.tracks.map((track, i) => [track, i]));
      const pairs = pairsOf(
        shown(result, ({ id }) => id),
        apart,
      ).flatMap(([a, b]) =>
        a.track && b.track ? [[place.get(a.track)!, place.get(b.track)!, a.person === b.person] as const] : [],
      );
      seen.push({ name, tracks: result.tracks, pairs });
    }
    await models.close();
    rows.push(...rowsFor(faces, seen));
    head = `| Networks | measure | ${seen.map(({ name }) => name).join(' | ')} | all |\n|---|---|${seen.map(() => '--:|').join('')}--:|`;
  }
});
writeSection(
  'strangers-metric',
  [
    '## Whether a film teaches its own likeness',
    '',
    'Pairs of marked tracks of the films of `strangers` found, wrong, within each film, by the threshold that the other films set: that which .5 % of their pairs of two people pass.',
    "Poor faces are asked more in every row. S-norm: beside the film's own tracks, the faces that data/ holds what they have in common of counting as so many. WCCN, PLDA: how the faces of",
    "the film's tracks scatter, shrunk by the share named towards the same in every direction: 1 knows nothing of the film. KISSME: pairs of tracks in one frame, too. Last, the measure that",
    `does best on the other films, a wrong pair costing ${COST} found ones.`,
    '',
    head,
    ...rows,
  ].join('\n'),
);
