import { loadTable } from '../parameters/learnt.js';
import type { CreditsParameters } from './search.js';
import { FrameClassifierSchema, SegmenterSchema, WordsSchema } from './table-schemas.js';

/** What was trained on pictures and from hand-marked films (notebooks-ts/credits.ipynb). */
export const parameters: CreditsParameters = {
  segmenter: loadTable('credits-segmenter.json', SegmenterSchema),
  frameClassifier: loadTable('credits-frame-classifier.json', FrameClassifierSchema),
  words: loadTable('credits-words.json', WordsSchema),
};
