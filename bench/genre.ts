/**
 * How right the genres are, and how far their probabilities hold, by three witnesses: pictures, words, both. All that is learnt or
 * chosen (heads, calibration, mixture, thresholds) comes from films other than those that are answered: stills and posters in five
 * folds by film, the trailers by what was chosen on the stills. Features that are missing are extracted first; stopped at any point,
 * it goes on from there.
 *
 *   npm run bench -- genre [--stored]     --stored: only with features that are there already
 */
import { readCorpus } from '../notebooks-ts/genre/corpus.js';
import { readItems } from '../notebooks-ts/genre/dataset.js';
import { readDescriptions } from '../notebooks-ts/genre/descriptions.js';
import { extractFeatures, NETWORKS } from '../notebooks-ts/genre/features.js';
import { evaluate } from '../notebooks-ts/genre/genre-training.js';
import { readGlove } from '../notebooks-ts/genre/glove.js';
import { holdCorpus } from '../notebooks-ts/genre/held-scores.js';
import { DATA, openFeatureStore } from '../notebooks-ts/genre/places.js';
import { genreReport } from '../notebooks-ts/genre/report.js';
import { createModels } from '../src/inference/registry.js';
import { writeSection } from './results.js';

const note = (stage: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${stage}`);
const items = readItems(DATA);
const store = await openFeatureStore();
if (!process.argv.includes('--stored')) {
  const models = createModels({ modelsDir: 'models', provider: 'cpu', threads: 0 });
  const networks = await Promise.all(NETWORKS.map((id) => models.load(id)));
  const failures = await extractFeatures(items, networks, store, (done) => {
    if (done % 500 === 0) note(`features: ${done} of ${items.length}`);
  });
  for (const { item, reason } of failures) console.error(`${item.id}: ${String(reason)}`);
  await models.close();
}
const corpus = await readCorpus(store, items);
await store.close();
const heldCorpus = await holdCorpus(corpus, note);
const evaluation = await evaluate(heldCorpus, readDescriptions(DATA), await readGlove(), note);

writeSection('genre', genreReport(corpus, evaluation));
