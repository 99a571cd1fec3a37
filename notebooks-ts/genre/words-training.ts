import { encodeWords, type WordsMeta } from '../../src/genre/words-model.js';
import { logOdds } from './calibrate.js';
import { GENRES } from './dataset.js';
import type { Description } from './descriptions.js';
import type { Evaluation } from './genre-training.js';
import type { Glove } from './glove.js';
import { keptVectors, quantise, trainWords, VECTORS_OPTIONS, WORDS_OPTIONS } from './words-trainer.js';

/** data/genre-words.bin: heads of all descriptions, with what was chosen on held ones. @param prior share of each genre among films in general */
export async function trainWordsModel(
  descriptions: readonly Description[],
  glove: Glove,
  { scale, choice }: Pick<Evaluation, 'scale' | 'choice'>,
  prior: Float64Array,
): Promise<Uint8Array> {
  const trained = await trainWords(descriptions, glove);
  const { terms, idf, weights } = trained;
  const { weights: quantised, steps } = quantise(weights);
  const { dimensions, networks, hidden } = VECTORS_OPTIONS;
  const meta: WordsMeta = {
    genres: [...GENRES],
    base: Array.from(prior, logOdds),
    steps,
    slopes: scale.slopes,
    halfAt: scale.halfAt,
    dimensions,
    units: networks * hidden.units,
    product: choice.product,
    sureFrom: { words: choice.sure.words, both: choice.sure.both },
    training: {
      script: 'notebooks-ts/genre.ipynb',
      terms: WORDS_OPTIONS,
      vectors: VECTORS_OPTIONS,
      films: descriptions.length,
    },
  };
  return encodeWords({ meta, terms, idf, weights: quantised, vectors: keptVectors(trained, descriptions, glove) });
}
