/**
 * Trains the genre model on what is in the feature store and writes models/genre-forest.bin and its model card.
 *
 *   npx tsx notebooks-ts/genre/export.ts
 */
import { writeFileSync } from 'node:fs';
import { encodeGenreModel, type DomainArrays, type GenreMeta } from '../../src/genre/genre-model.js';
import { openSqliteStore } from '../../src/storage/sqlite-store.js';
import { fitCalibration } from './calibrate.js';
import { type Part, readCorpus } from './corpus.js';
import { GENRES, readItems } from './dataset.js';
import { calibrateFolds, calibrateLeavingOneOut, type Figures, figuresOf, holdFolds, holdTrailers, mixed, sharesOf } from './evaluate.js';
import { NETWORK, OUTPUTS } from './features.js';
import { DATA, STORE_FILE } from './places.js';
import { DIMENSIONS, filmPrior, FOREST_SHARE, findProjection, HEAD_OPTIONS, projectCorpus, SEED, standardOf, trainHeads, unproject } from './train.js';

/** "Sure" when the likeliest genre is at least this probable. */
const SURE_FROM = { film: 0.45, still: 0.45, poster: 0.45 } as const;

const store = await openSqliteStore(STORE_FILE);
const corpus = await readCorpus(store, readItems(DATA));
await store.close();
const projection = findProjection(corpus);
const projected = projectCorpus(corpus, projection);
const prior = filmPrior(projected);

const trailers = holdTrailers(projected, HEAD_OPTIONS);
const stills = holdFolds(projected, 'stills', HEAD_OPTIONS);
const posters = holdFolds(projected, 'posters', HEAD_OPTIONS);
const scores = { trailers: mixed(trailers, FOREST_SHARE), stills: mixed(stills, FOREST_SHARE), posters: mixed(posters, FOREST_SHARE) };
const figures = {
  trailers: figuresOf(calibrateLeavingOneOut(scores.trailers, trailers.labels, prior), trailers.labels),
  stills: figuresOf(calibrateFolds(scores.stills, stills.labels, sharesOf(stills.labels)), stills.labels),
  posters: figuresOf(calibrateFolds(scores.posters, posters.labels, sharesOf(posters.labels)), posters.labels),
};

const heads = trainHeads({ stills: projected.stills, posters: projected.posters }, HEAD_OPTIONS);
const domain = (part: Part, own: readonly Float32Array[], labels: readonly (readonly number[])[], share: Float64Array): DomainArrays =>
  ({ ...standardOf(part), ...fitCalibration(own, labels, share) });
const counts = Object.fromEntries(Object.entries(corpus).map(([set, part]) => [set, { titles: part.items.length, pictures: part.rows.count }]));
const meta: GenreMeta = {
  version: 'genre-forest@1',
  genres: [...GENRES],
  network: NETWORK,
  outputs: OUTPUTS.map((output) => ({ ...output })),
  forestShare: FOREST_SHARE,
  sureFrom: SURE_FROM,
  training: { script: 'notebooks-ts/genre/export.ts', seed: SEED, data: counts, figures },
};
const file = encodeGenreModel({
  meta,
  linear: unproject(heads.linear, projection),
  forest: heads.forest,
  domains: {
    film: domain(corpus.trailers, scores.trailers, trailers.labels, prior),
    still: domain(corpus.stills, scores.stills, stills.labels, sharesOf(stills.labels)),
    poster: domain(corpus.posters, scores.posters, posters.labels, sharesOf(posters.labels)),
  },
});
writeFileSync(new URL('../../models/genre-forest.bin', import.meta.url), file);

const number = (value: number | null): string => (value === null ? '' : value.toFixed(3));
const row = (name: string, { macroAuc, macroAp, topThreeRecall, differentTopThrees, ece }: Figures): string =>
  `| ${name} | ${number(macroAuc)} | ${number(macroAp)} | ${number(topThreeRecall)} | ${differentTopThrees} | ${number(ece)} |`;
const card = [
  '# Genre model',
  '',
  `\`genre-forest.bin\` (${(file.length / 2 ** 20).toFixed(1)} MiB): linear evidence for each of 26 genres in what \`${NETWORK}\` sees in a picture`,
  `(${OUTPUTS.map(({ name }) => name).join(', ')}; standardised by domain: film, still, poster), and a forest of ${HEAD_OPTIONS.forest.trees} extremely`,
  'randomised trees over that evidence; half and half, then calibrated by genre. Made by',
  '`npx tsx notebooks-ts/genre/export.ts`, seed ' + `${SEED}; the linear part was fitted in ${DIMENSIONS} principal components.`,
  '',
  `Trained on ${counts['stills']?.pictures} stills of ${counts['stills']?.titles} films and series and ${counts['posters']?.pictures} posters; the frames of`,
  `${counts['trailers']?.titles} trailers align and calibrate the film domain, they do not train the heads. None of the pictures is part of the`,
  'project. Genres are those of IMDb, partly from memory; rare genres (Film-Noir, Game-Show, News, Reality-TV) had next to no examples.',
  '',
  'Held out by film; titles that occur in several sets never on both sides. The settings were chosen while looking at these tables.',
  '',
  '| | macro AUC | macro AP | top-3 recall | different top threes | ECE |',
  '|---|---|---|---|---|---|',
  row('trailers, leave one out', figures.trailers),
  row('film stills by title, 5-fold', figures.stills),
  row('posters, 5-fold', figures.posters),
  '',
].join('\n');
writeFileSync(new URL('../../models/genre-forest.md', import.meta.url), card);
console.log(card);
