import { createHash } from 'node:crypto';
import { type DomainArrays, encodeGenreModel, type GenreMeta } from '../../src/genre/genre-model.js';
import { fitCalibration } from './calibrate.js';
import type { Corpus, Part } from './corpus.js';
import { GENRES } from './dataset.js';
import {
  calibrateFolds,
  calibrateLeavingOneOut,
  type Figures,
  figuresOf,
  shrinkageOfFilms,
  type Held,
  holdFolds,
  holdTrailers,
  fitShrinkage,
  meanOf,
  mixed,
  sharesOf,
  singly,
  sureFrom,
} from './evaluate.js';
import { NETWORKS, OUTPUTS } from './features.js';
import {
  DIMENSIONS,
  filmPrior,
  findProjection,
  FOREST_SHARE,
  HEAD_OPTIONS,
  projectCorpus,
  SEED,
  standardOf,
  trainHeads,
  unproject,
} from './train.js';

/** Where held-out films do not tell from which probability on a first answer is right four times of five. */
const SURE_FROM = 0.8;

/** From this many on, trailers train the heads too: leaving some out no longer moves the shares of their genres. */
const MANY_TRAILERS = 200;

export interface Trained {
  readonly file: Uint8Array;
  readonly meta: GenreMeta;
  readonly figures: Readonly<Record<'trailers' | 'stills by title' | 'single stills' | 'posters', Figures>>;
}

/** Trains on everything, and measures on films held out: trains, calibrates, evaluates, packs. Minutes on one core. */
export async function trainGenreModel(
  corpus: Corpus,
  onStage: (stage: string) => void = () => undefined,
): Promise<Trained> {
  onStage('projecting');
  const projection = await findProjection(corpus);
  const projected = await projectCorpus(corpus, projection);
  const prior = filmPrior(projected);

  const many = corpus.trailers.items.length >= MANY_TRAILERS;
  const scene = many
    ? { ...HEAD_OPTIONS.scene, setWeight: { ...HEAD_OPTIONS.scene.setWeight, trailers: 1 } }
    : HEAD_OPTIONS.scene;

  onStage('holding out trailers');
  const trailers = await (many ? holdFolds(projected, 'trailers', scene) : holdTrailers(projected, scene));
  onStage('holding out stills');
  const stills = await holdFolds(projected, 'stills', scene);
  onStage('holding out posters');
  const posters = await holdFolds(projected, 'posters', HEAD_OPTIONS.poster);
  const frames = mixed(trailers, FOREST_SHARE);
  const films = { scores: frames.map(meanOf), labels: trailers.labels };
  const shrinkage = fitShrinkage(frames);
  const factors = shrinkageOfFilms(frames, shrinkage);
  const titles = mixed(stills, FOREST_SHARE);
  const single = singly(titles, stills.labels);
  const ofTitle = titles.flatMap((pictures, i) => pictures.map(() => i));
  const onePoster = singly(mixed(posters, FOREST_SHARE), posters.labels);
  const share = (labels: Held['labels']): Float64Array => sharesOf(labels);
  const answers = {
    trailers: many
      ? calibrateFolds(films.scores, films.labels, prior, 'film')
      : calibrateLeavingOneOut(films.scores, films.labels, prior, factors),
    titles: calibrateFolds(titles.map(meanOf), stills.labels, share(stills.labels), 'still'),
    single: calibrateFolds(single.scores, single.labels, share(single.labels), 'still', ofTitle),
    posters: calibrateFolds(onePoster.scores, onePoster.labels, share(onePoster.labels), 'poster'),
  };
  const figures: Trained['figures'] = {
    'trailers': figuresOf(answers.trailers, films.labels),
    'stills by title': figuresOf(answers.titles, stills.labels),
    'single stills': figuresOf(answers.single, single.labels),
    'posters': figuresOf(answers.posters, onePoster.labels),
  };

  onStage('training on everything');
  const domain = (
    part: Part,
    own: { scores: readonly Float32Array[]; labels: Held['labels'] },
    base: Float64Array,
    shrinkageFactors?: number[],
  ): DomainArrays => ({
    ...standardOf(part),
    ...fitCalibration(own.scores, own.labels, base, part.domain, shrinkageFactors),
  });
  const counts = Object.fromEntries(
    Object.entries(corpus).map(([set, part]) => [set, { titles: part.items.length, pictures: part.rows.count }]),
  );
  const meta: GenreMeta = {
    version: 'genre-forest@5',
    genres: [...GENRES],
    outputs: OUTPUTS.map(({ network, name, size }) => ({ network, name, size })),
    forestShare: FOREST_SHARE,
    units: scene.network.units,
    sureFrom: {
      film: sureFrom(answers.trailers, films.labels) ?? SURE_FROM,
      still: sureFrom(answers.single, single.labels) ?? SURE_FROM,
      poster: sureFrom(answers.posters, onePoster.labels) ?? SURE_FROM,
    },
    shrinkage,
    training: { script: 'notebooks-ts/genre.ipynb', seed: SEED, data: counts, figures },
  };
  const file = encodeGenreModel({
    meta,
    heads: {
      scene: unproject(await trainHeads(projected, scene), projection),
      poster: unproject(await trainHeads(projected, HEAD_OPTIONS.poster), projection),
    },
    domains: {
      film: domain(corpus.trailers, films, prior, factors),
      still: domain(corpus.stills, single, share(single.labels)),
      poster: domain(corpus.posters, onePoster, share(onePoster.labels)),
    },
  });
  return { file, meta, figures };
}

export const FIGURES_HEAD = [
  '| | macro AUC | macro AP | macro AP of genres with 5 titles | top-3 recall | different top threes | ECE |',
  '|---|---|---|---|---|---|---|',
];

export function figuresRow(
  name: string,
  { macroAuc, macroAp, macroApOfFive, topThreeRecall, differentTopThrees, ece }: Figures,
): string {
  const number = (value: number | null): string => (value === null ? '' : value.toFixed(3));
  return `| ${name} | ${number(macroAuc)} | ${number(macroAp)} | ${number(macroApOfFive)} | ${number(topThreeRecall)} | ${differentTopThrees} | ${number(ece)} |`;
}

/** models/manifest.json with the figures and the sha256 of the model in its entry `genre-forest`; the rest as it is. */
export function renewManifest(manifest: string, { file, figures }: Trained): string {
  const at = manifest.indexOf('"id": "genre-forest"');
  if (at < 0) throw new Error('models/manifest.json has no entry genre-forest');
  const { trailers, 'stills by title': stills, posters } = figures;
  const metrics = {
    trailersMacroAuc: trailers.macroAuc,
    trailersMacroAp: trailers.macroAp,
    trailersTopThreeRecall: trailers.topThreeRecall,
    stillsMacroAuc: stills.macroAuc,
    stillsMacroAp: stills.macroAp,
    postersMacroAuc: posters.macroAuc,
    postersMacroAp: posters.macroAp,
  };
  const rounded = Object.entries(metrics)
    .map(([name, value]) => `"${name}": ${value.toFixed(3)}`)
    .join(', ');
  const entry = manifest
    .slice(at)
    .replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${createHash('sha256').update(file).digest('hex')}"`)
    .replace(/"metrics": \{[^}]*\}/, `"metrics": {${rounded}}`);
  return manifest.slice(0, at) + entry;
}

/** models/genre-forest.md. */
export function modelCard({ file, meta, figures }: Trained): string {
  const counts = meta.training['data'] as Record<string, { titles: number; pictures: number }>;
  return [
    '# Genre model',
    '',
    `\`genre-forest.bin\` (${(file.length / 2 ** 20).toFixed(1)} MiB): linear evidence for each of 26 genres in what two networks see in a picture:`,
    `${NETWORKS.map(
      (id) =>
        `\`${id}\` (${OUTPUTS.filter(({ network }) => network === id)
          .map(({ name }) => name)
          .join(', ')})`,
    ).join(' and ')},`,
    `standardised by domain (film, still, poster); and a forest of ${HEAD_OPTIONS.scene.forest.trees}`,
    `extremely randomised trees over that evidence; beside it a network of ${HEAD_OPTIONS.scene.network.units} hidden units over the same values, which has two thirds`,
    'of the say; then calibrated by genre. Scenes and posters have heads of their own.',
    `Made by \`npm run notebook -- genre\`, seed ${SEED}; linear part and network were fitted in ${DIMENSIONS} principal components.`,
    '',
    `Trained on ${counts['stills']?.pictures} stills of ${counts['stills']?.titles} films and series and ${counts['posters']?.pictures} posters; the frames of`,
    `${counts['trailers']?.titles} trailers align and calibrate the film domain, they do not train the heads. None of the pictures is part of the`,
    'project. Genres are those of IMDb, partly from memory; rare genres (Film-Noir, Game-Show, News, Reality-TV) had next to no examples.',
    '',
    'A film with few different shots, and one unlike all that the model was calibrated on, is drawn towards what is usual among films.',
    '',
    'Held out by film; titles that occur in several sets never on both sides.',
    '',
    ...FIGURES_HEAD,
    figuresRow('trailers, leave one out', figures.trailers),
    figuresRow('film stills by title, 5-fold', figures['stills by title']),
    figuresRow('single film stills, 5-fold by title', figures['single stills']),
    figuresRow('posters, 5-fold', figures.posters),
    '',
  ].join('\n');
}
