import { encodeWords, type WordsMeta } from '../../src/genre/words-model.js';
import { logOdds } from './calibrate.js';
import { GENRES } from './dataset.js';
import type { Description } from './descriptions.js';
import type { Evaluation } from './genre-training.js';
import { quantise, trainWords, WORDS_OPTIONS } from './words-trainer.js';

/** data/genre-words.bin: heads of all descriptions, with what was chosen on held ones. @param prior share of each genre among films in general */
export function trainWordsModel(
  descriptions: readonly Description[],
  { scale, choice }: Pick<Evaluation, 'scale' | 'choice'>,
  prior: Float64Array,
): Uint8Array {
  const { terms, idf, weights } = trainWords(descriptions);
  const { weights: quantised, steps } = quantise(weights);
  const meta: WordsMeta = {
    genres: [...GENRES],
    base: Array.from(prior, logOdds),
    steps,
    slope: scale.slope,
    halfAt: scale.halfAt,
    product: choice.product,
    sureFrom: { words: choice.sure.words, both: choice.sure.both },
    training: { script: 'notebooks-ts/genre.ipynb', ...WORDS_OPTIONS, films: descriptions.length },
  };
  return encodeWords({ meta, terms, idf, weights: quantised });
}
