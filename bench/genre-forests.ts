/**
 * Why the genre's forest is not trained by ml-random-forest: the time of a tree by the rows it is trained on, beside the
 * trees that the notebook trains. Film stills, 64 principal components of what the network sees in them.
 *
 *   npm run bench -- genre-forests       takes the features that `npm run bench -- genre` left
 */
import { labelsOf, readCorpus } from '../notebooks-ts/genre/corpus.js';
import { GENRES, readItems } from '../notebooks-ts/genre/dataset.js';
import { trainForest } from '../notebooks-ts/genre/forest-trainer.js';
import { rowsOf, selectRows, timesTransposed } from '../notebooks-ts/genre/matrix.js';
import { trainMlForest } from '../notebooks-ts/genre/ml-forest.js';
import { DATA, openFeatureStore } from '../notebooks-ts/genre/places.js';
import { principalDirections } from '../notebooks-ts/genre/principal.js';
import { HEAD_OPTIONS, labelledOf, SEED, standardise, standardOf } from '../notebooks-ts/genre/train.js';
import { writeSection } from './results.js';

const DIMENSIONS = 64;
const ROWS = [375, 750, 1500];
const ROUNDS = 3;
/** Trees of one of our forests; a single one would measure the preparation of the rows. */
const TREES = 20;

const store = await openFeatureStore();
const { stills } = await readCorpus(
  store,
  readItems(DATA).filter(({ set }) => set === 'stills'),
);
await store.close();
const standard = standardise(stills.rows, standardOf(stills));
const directions = await principalDirections(
  selectRows(
    standard,
    Array.from({ length: 800 }, (_, n) => n),
  ),
  DIMENSIONS,
  SEED,
);
const rows = timesTransposed(standard, directions);
const labels = stills.items.map(labelsOf);
const drama = GENRES.indexOf('Drama');

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
function secondsOf(work: () => unknown): number {
  return median(
    Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      work();
      return (performance.now() - start) / 1000;
    }),
  );
}

const lines = ROWS.map((count) => {
  const part = {
    ...stills,
    rows: rowsOf(count, DIMENSIONS, rows.data.slice(0, count * DIMENSIONS)),
    itemOf: stills.itemOf.slice(0, count),
  };
  const own = Array.from(part.itemOf, (item) => labels[item]![drama]!);
  const theirs = secondsOf(() => trainMlForest(part.rows, own, { trees: 1, sample: count, seed: SEED }));
  const ours =
    secondsOf(() =>
      trainForest([labelledOf(part, 1)], GENRES.length, { ...HEAD_OPTIONS.scene.forest, trees: TREES, sample: 1 }),
    ) / TREES;
  return `| ${count} | ${theirs.toFixed(2)} | ${(theirs * GENRES.length).toFixed(1)} | ${(1000 * ours).toFixed(0)} ms |`;
});

writeSection(
  'genre-forests',
  [
    '### Time to train a tree',
    '',
    `Film stills, ${DIMENSIONS} components, one core, medians of ${ROUNDS}. ml-random-forest answers one genre, so that 26 are needed where one of ours has all.`,
    '',
    '| rows | ml-random-forest, a tree of one genre, s | of all 26, s | extremely randomised tree of all 26 |',
    '|---|---|---|---|',
    ...lines,
  ].join('\n'),
);
